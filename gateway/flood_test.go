package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"; "sqlite" comes with the store

	"jiebao/channels/wechat/wechatsim"
	"jiebao/config"
	"jiebao/conversations"
	"jiebao/conversations/storetest/testenv"
)

const (
	// floodReceipts arrive in floodTime: what the platform does after the bank
	// wrote to everybody who follows it.
	floodReceipts = 70_000
	floodTime     = 5 * time.Minute
	// floodOnPostgreSQL is as many as fit into the time that a test may take:
	// its durable commits share the machine with the platform that posts.
	floodOnPostgreSQL = 7_000

	floodCandidates = 500 // to whom the messages went, each as many
	floodWaves      = 30  // in which the receipts come
	floodStrangers  = 5   // receipts of each wave that are for messages of somebody else
	floodWords      = 3   // said in the middle of each wave, one after the other

	// floodPatience is how many of the flood's callbacks may begin while a
	// candidate's word is answered. The platform posts 64 at once, so this is
	// ten rounds of it.
	floodPatience = 640
)

// TestAFloodOfReceipts: after everybody was written to, the receipts come
// within five minutes: twice, late, out of order, some before the platform has
// answered the send, some for messages that the gateway never sent. Each is
// booked once, and who says something meanwhile is answered at once.
func TestAFloodOfReceipts(t *testing.T) {
	t.Parallel()
	t.Run(config.SQLite, func(t *testing.T) {
		t.Parallel()
		path := t.TempDir() + "/jiebao.db"
		f := newFlood(t, config.Store{Driver: config.SQLite, Path: path}, "sqlite", "file:"+path+"?_pragma=busy_timeout(20000)&_txlock=immediate")
		f.run(floodReceipts)
	})
	t.Run(config.PostgreSQL, func(t *testing.T) {
		t.Parallel()
		dsn := testenv.PostgreSQL(t)
		f := newFlood(t, config.Store{Driver: config.PostgreSQL, DSN: config.NewSecret(dsn)}, "pgx", dsn)
		f.run(floodOnPostgreSQL)
	})
}

// flood is a bad day with a look into the store.
type flood struct {
	*badDay
	db    *sql.DB
	token string // of the platform's, which both ends of the account share
	told  []toldMessage
}

// toldMessage is the notification of one candidate, as the store has it.
type toldMessage struct {
	conversation, id, body string
	openID                 string
}

func newFlood(t *testing.T, store config.Store, driver, dsn string) *flood {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	f := &flood{badDay: newBadDayOn(t, floodCandidates, store), db: db}
	platform := simAccount(f.app.URL())
	platform.DailyTemplates = -1
	if err := f.sim.Configure(platform); err != nil {
		t.Fatal(err)
	}
	return f
}

// run has total receipts arrive and looks what became of them.
func (f *flood) run(total int) {
	f.t.Helper()
	f.break_("receipt_before_response", "/message/template/send", floodCandidates/5)
	f.tell()
	f.until("everybody is told", func() bool { return f.each(1) })
	f.findTold()
	for _, fault := range []wechatsim.Fault{
		{Mode: "duplicate:3", Prob: 0.03}, {Mode: "reorder", Prob: 0.02},
		{Mode: "late_receipt", Prob: 0.05, Delay: wechatsim.Duration(45 * time.Second)},
	} {
		fault.Match.Event = "TEMPLATESENDJOBFINISH"
		if _, err := f.sim.AddFault(fault); err != nil {
			f.t.Fatal(err)
		}
	}
	sent := len(f.told)
	for wave := range floodWaves {
		until := total * (wave + 1) / floodWaves
		f.wave(wave, sent, until)
		sent = max(sent, until)
	}
	f.clock.Advance(time.Minute)
	f.sim.Tick()
	f.settle()
	f.reconcile(total)
}

// findTold reads the notifications that the store has.
func (f *flood) findTold() {
	f.t.Helper()
	rows, err := f.db.QueryContext(f.t.Context(), `select conversation, body from messages where body like '%"template":%'`)
	if err != nil {
		f.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var m toldMessage
		if err := rows.Scan(&m.conversation, &m.body); err != nil {
			f.t.Fatal(err)
		}
		var read conversations.Message
		if err := json.Unmarshal([]byte(m.body), &read); err != nil {
			f.t.Fatal(err)
		}
		m.id, m.openID = read.ID, read.Address.ID
		f.told = append(f.told, m)
	}
	if err := rows.Err(); err != nil || len(f.told) != floodCandidates {
		f.t.Fatalf("the store has %d notifications, want %d: %v", len(f.told), floodCandidates, err)
	}
}

// wave lets the platform accept messages, those from sent up to until of the
// whole flood, and their receipts arrive, while candidates say something.
func (f *flood) wave(number, sent, until int) {
	f.t.Helper()
	f.remember(sent, until)
	for range floodStrangers {
		f.accept(f.told[number].openID)
	}
	f.clock.Advance(floodTime / floodWaves)
	arrived := make(chan struct{})
	go func() { defer close(arrived); f.sim.Tick() }()
	f.talk(number)
	<-arrived
	f.settle()
}

// remember has the platform accept messages that the gateway sent: more of what
// each candidate was told, put into the store as it puts them there.
func (f *flood) remember(sent, until int) {
	f.t.Helper()
	tx, err := f.db.BeginTx(f.t.Context(), nil)
	if err != nil {
		f.t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
	insert, err := tx.PrepareContext(f.t.Context(), `insert into messages (conversation, n, dedupe, platform, status, reason, answer, ride, body)
		values ($1, $2, '', $3, $4, '', '', 0, $5)`)
	if err != nil {
		f.t.Fatal(err)
	}
	for i := sent; i < until; i++ {
		m, n := f.told[i%len(f.told)], 1_000_000+i
		body := strings.Replace(m.body, `"`+m.id+`"`, fmt.Sprintf(`"%s-%d"`, m.conversation, n), 1)
		platform := fmt.Sprintf("%s/%d", account, f.accept(m.openID))
		if _, err := insert.ExecContext(f.t.Context(), m.conversation, n, platform, int64(conversations.Sent), body); err != nil {
			f.t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		f.t.Fatal(err)
	}
}

// accept sends a template message past the gateway, and returns its number.
func (f *flood) accept(openID string) int64 {
	f.t.Helper()
	if f.token == "" {
		got := f.platform("/cgi-bin/stable_token", `{"grant_type":"client_credential","appid":"`+appID+`","secret":"app-secret"}`)
		f.token = got.AccessToken
	}
	got := f.platform("/cgi-bin/message/template/send?access_token="+f.token, `{"touser":"`+openID+`","template_id":"T-WAITING",
		"data":{"thing1":{"value":"张伟"},"thing2":{"value":"您有一条新消息"},"thing3":{"value":"请回复查看"}}}`)
	return got.MsgID
}

type platformAnswer struct {
	ErrCode     int    `json:"errcode"`
	AccessToken string `json:"access_token"`
	MsgID       int64  `json:"msgid"`
}

// platform calls the platform without a network between.
func (f *flood) platform(path, body string) (got platformAnswer) {
	f.t.Helper()
	rec := httptest.NewRecorder()
	f.sim.Handler().ServeHTTP(rec, httptest.NewRequestWithContext(f.t.Context(), http.MethodPost, path, strings.NewReader(body)))
	if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil || got.ErrCode != 0 {
		f.t.Fatalf("the platform answers %s: %v", rec.Body, err)
	}
	return got
}

// talk has candidates say something, each once the one before was answered.
func (f *flood) talk(wave int) {
	f.t.Helper()
	var before int64
	for i := range floodWords {
		p := f.phones[wave*floodWords+i]
		now := f.clock.Now()
		x, err := p.Say("请问体检要带什么材料？")
		if err != nil {
			f.t.Fatal(err)
		}
		if x.Outcome != wechatsim.Answered || len(x.Attempts) != 1 || x.Reply == nil || !x.Reply.At.Equal(now) {
			f.t.Errorf("in wave %d a candidate's word was %s: %+v, reply %+v", wave, x.Outcome, x.Attempts, x.Reply)
		}
		if ahead := x.Number - before; before > 0 && ahead > floodPatience {
			f.t.Errorf("in wave %d %d receipts began while a candidate's word was answered", wave, ahead)
		}
		before = x.Number
	}
}

// reconcile holds the store and the EHR to what happened.
func (f *flood) reconcile(total int) {
	f.t.Helper()
	if n := f.count(`select count(*) from messages where status = $1 and body like '%"template":%'`, int64(conversations.Delivered)); n != total {
		f.t.Errorf("%d messages are delivered, want %d", n, total)
	}
	// Each status of a history begins like {"s":50, and they only rise.
	if n := f.count(`select count(*) from messages where body like '%"template":%' and (history not like '%{"s":50,%'
		or history like '%{"s":50,%{"s":%')`); n != 0 {
		f.t.Errorf("%d messages do not end with their one receipt", n)
	}
	if n := f.count(`select count(distinct platform_id) from early_receipts`); n != floodWaves*floodStrangers {
		f.t.Errorf("%d receipts wait for the answer to their message, want the %d of unknown ones", n, floodWaves*floodStrangers)
	}
	events := map[string]int{}
	f.until("the EHR has heard of everything", func() bool {
		clear(events)
		f.ehr.mu.Lock()
		defer f.ehr.mu.Unlock()
		for _, ev := range f.ehr.events {
			events[ev.Type]++
		}
		return events[string(conversations.EventNotificationDelivered)] >= floodCandidates && events[string(conversations.EventMessageReceived)] >= floodWaves*floodWords
	})
	if events[string(conversations.EventNotificationDelivered)] != floodCandidates || events[string(conversations.EventMessageReceived)] != floodWaves*floodWords || len(f.ehr.wrong) > 0 {
		f.t.Errorf("the EHR heard %v; wrong: %v", events, f.ehr.wrong)
	}
}

func (f *flood) count(query string, args ...any) (n int) {
	f.t.Helper()
	if err := f.db.QueryRowContext(context.WithoutCancel(f.t.Context()), query, args...).Scan(&n); err != nil {
		f.t.Fatal(err)
	}
	return n
}
