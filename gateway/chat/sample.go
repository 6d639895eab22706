package chat

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"jiebao/conversations"
)

// The place where the talk happens: one official account.
const (
	accountID = "oa"
	openID    = "candidate"
	branch    = "head"
	position  = "综合柜员"
	agentID   = "hr"
)

// account is that account, as the engine knows it. Its limits are WeChat's.
type account struct{}

func (account) Describe(id string) (conversations.Description, bool) {
	return conversations.Description{
		Platform: "wechat", Account: accountID, Medium: conversations.Chat, Name: "WeChat", Branch: branch,
		MaxRunes: 512, Choices: 10, Templates: true, Receipts: true,
	}, id == accountID
}

func (a account) Serving(string) []conversations.Description {
	d, _ := a.Describe(accountID)
	return []conversations.Description{d}
}

// sample is the result that the talk begins with. It is the one of the
// transcripts in bot/testdata.
func sample(o Options, now time.Time) conversations.Result {
	y, m, d := now.AddDate(0, 0, 6).Date()
	return conversations.Result{
		ID: "r1", Branch: o.Branch,
		Candidate: conversations.Candidate{ID: "e1", Name: "张伟", Locale: o.Locale},
		Addresses: []conversations.Address{{Account: accountID, ID: openID}},
		Position:  conversations.Position{Title: o.Position},
		Interview: conversations.Interview{Score: 91, Passed: true},
		Offer: conversations.Offer{
			StartDate: o.Offer, ReplyBy: time.Date(y, m, d, 18, 0, 0, 0, now.Location()),
			Workplace: "北京市朝阳区建国路1号朝阳支行", ContactName: "李老师", ContactPhone: "010-12345678",
			Documents: []conversations.RequiredDocument{{ID: "id_card", Name: "身份证"}, {ID: "diploma", Name: "学历证书"}, {ID: "medical", Name: "体检报告"}},
		},
	}
}

// startFrom is the start date that is offered if nobody says another: the
// first Monday at least ten days ahead.
func startFrom(now time.Time) conversations.Date {
	d := conversations.DateOf(now).AddDays(10)
	for d.Weekday() != time.Monday {
		d = d.AddDays(1)
	}
	return d
}

// perform is what the world outside reports: photos arrive, and no model is
// there to be asked.
func perform(t conversations.Task) conversations.Command {
	switch body := t.Body.(type) {
	case conversations.Fetch:
		return fetched(body)
	case conversations.Understand:
		return conversations.Understood{Message: body.Message}
	}
	return nil
}

// fetched is what the download of a photo came to: of equal references the
// same photo, and none where the reference says why not.
func fetched(f conversations.Fetch) conversations.Command {
	_, refused, no := strings.Cut(f.Ref, "!")
	if f.Voice {
		return conversations.Recorded{Recording: f.Document, Size: 6_400, Length: 4 * time.Second, Refused: refused}
	}
	if no {
		return conversations.Filed{Document: f.Document, Refused: refused}
	}
	sum := sha256.Sum256([]byte(f.Ref))
	return conversations.Filed{Document: f.Document, MIME: "image/jpeg", Size: 240_000, SHA256: hex.EncodeToString(sum[:])}
}
