package main

import (
	"fmt"
	"time"

	"jiebao/config"
	"jiebao/conversations"
	"jiebao/gateway/app"
)

// measureTurn tells what one more channel costs in a turn: that of a candidate's
// message, and that of a posted result, for a candidate with an address on one
// account and on five. The turns are run here, without a database.
func (b *bench) measureTurn() error {
	one, err := b.turns(1)
	if err != nil {
		return err
	}
	five, err := b.turns(5)
	if err != nil {
		return err
	}
	b.report.heading("The turn alone: a candidate with one channel, and with five")
	for i, name := range []string{"a candidate's message", "a posted result"} {
		b.report.figure(name, microseconds(one[i].Seconds())+", "+microseconds(five[i].Seconds()))
		b.report.figure("each channel more", microseconds((five[i]-one[i]).Seconds()/4))
	}
	return nil
}

// accounts are the bank's, one of each medium.
type accounts []conversations.Description

func allAccounts(n int) accounts {
	return accounts{
		{Platform: "wechat", Account: accountID, Branch: "head", Medium: conversations.Chat, MaxRunes: 512, Choices: 10, Templates: true, Receipts: true, Invites: true},
		{Platform: "sms", Account: "sms", Branch: "head", Medium: conversations.SMS, Contact: conversations.ByPhone, Templates: true, Receipts: true, Linked: true},
		{Platform: "email", Account: "mail", Branch: "head", Medium: conversations.Email, Contact: conversations.ByEmail, Free: true, Templates: true, Linked: true},
		{Platform: "push", Account: "app", Branch: "head", Medium: conversations.Push, Contact: conversations.ByEHR, Free: true, Templates: true},
		{Platform: "voice", Account: "voice", Branch: "head", Medium: conversations.Call, Contact: conversations.ByPhone, Templates: true, Receipts: true},
	}[:n]
}

// Describe implements conversations.Channels.
func (a accounts) Describe(account string) (conversations.Description, bool) {
	for _, d := range a {
		if d.Account == account {
			return d, true
		}
	}
	return conversations.Description{}, false
}

// Serving implements conversations.Channels.
func (a accounts) Serving(string) []conversations.Description { return a }

// turns are how long a message's turn takes, and a posted result's.
func (b *bench) turns(channels int) (took [2]time.Duration, err error) {
	cfg := config.Default()
	cfg.Bank.Name = "示例银行"
	engine, err := app.NewEngine(cfg, allAccounts(channels), nil)
	if err != nil {
		return took, err
	}
	now := time.Now().In(engine.Zone)
	posted := conversations.Snapshot{Now: now, New: true, Conversation: conversations.Conversation{ID: "c", Branch: "head/beijing"}}
	notify := conversations.Notify{Digest: "d", Scene: "s", Code: "ABCD2345", Result: conversations.Result{
		ID: "r", Branch: "head/beijing",
		Candidate: conversations.Candidate{ID: "e", Name: "王小明", Phone: "13800138000", Email: "wang.xiaoming@example.com", Locale: conversations.Chinese},
		Addresses: []conversations.Address{{Account: accountID, ID: openID("t", 0)}},
		Position:  conversations.Position{Title: "柜员"}, Interview: conversations.Interview{Score: 86.5, Passed: true},
		Offer: conversations.Offer{
			StartDate: conversations.DateOf(now.AddDate(0, 0, 30)), Workplace: "北京市朝阳区建国路1号", ContactName: "李娜", ContactPhone: "010-12345678",
		},
	}}
	told, err := engine.Turn(posted, notify)
	if err != nil {
		return took, fmt.Errorf("posting a result: %w", err)
	}
	said := func(text string) conversations.Receive {
		return conversations.Receive{Inbound: conversations.Inbound{
			Address: conversations.Address{Account: accountID, ID: openID("t", 0)}, Dedupe: text, At: now, Gesture: conversations.Said,
			Kind: conversations.Text, Text: text, Grants: []conversations.Grant{{Kind: "message", Until: now.Add(48 * time.Hour), Left: 5}}, CanAnswer: true,
		}}
	}
	talks, err := engine.Turn(conversations.Snapshot{Now: now, Conversation: told.Conversation}, said(agreement))
	if err != nil {
		return took, fmt.Errorf("agreeing: %w", err)
	}
	heard := conversations.Snapshot{Now: now, Conversation: talks.Conversation}
	if took[0], err = b.each(func() error { _, err := engine.Turn(heard, said(words()[0])); return err }); err != nil {
		return took, err
	}
	took[1], err = b.each(func() error { _, err := engine.Turn(posted, notify); return err })
	return took, err
}

// each is the median time of what is done again and again.
func (b *bench) each(do func() error) (time.Duration, error) {
	const atOnce, rounds = 500, 9
	var times []float64
	for range rounds {
		started := time.Now()
		for range atOnce {
			if err := do(); err != nil {
				return 0, err
			}
		}
		times = append(times, time.Since(started).Seconds()/atOnce)
	}
	return seconds(median(times)), nil
}
