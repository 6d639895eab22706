package ehr_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"jiebao/conversations"
	"jiebao/conversations/clock"
	"jiebao/conversations/relay"
	"jiebao/conversations/sqlstore"
	"jiebao/gateway/ehr"
	"jiebao/gateway/ehr/daily"
	"jiebao/gateway/ehr/wire"
)

func virtual() *clock.Virtual { return clock.NewVirtual(noon()) }

// TestGoneAndResumed goes the whole way: 410, the pause and its alarm, somebody
// who resumes it, and everything in order.
func TestGoneAndResumed(t *testing.T) {
	t.Parallel()
	c := virtual()
	o := newOffice(t, sqlstore.SQLite, c)
	code := atomic.Int64{}
	code.Store(http.StatusGone)
	e := newEndpoint(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(int(code.Load())) })
	o.candidates(2)
	o.run(func(o *ehr.Options) { o.Configured = []ehr.Configured{webhook("ehr", e.URL)} })
	o.write(2, 0, 3)
	o.eventually("it is paused", func() bool { return o.standing("ehr").Paused.Reason == relay.PausedGone })
	alarms, err := o.Alarms(t.Context(), conversations.Everything, o.clock.Now())
	if err != nil || len(alarms) != 1 || alarms[0].Reason != conversations.EndpointGone || alarms[0].Name != "The ehr" || alarms[0].Waiting != 2 {
		t.Fatalf("the alarms are %+v (%v)", alarms, err)
	}
	code.Store(http.StatusNoContent)
	if err := o.Resume(t.Context(), conversations.Everything, alarms[0].ID, "li"); err != nil {
		t.Fatal(err)
	}
	o.eventually("it has everything", func() bool {
		c.Advance(time.Second) // an attempt that was under way may be booked after the end of the pause
		return o.standing("ehr").Waiting == 0
	})
	told := map[string]bool{}
	for _, a := range e.seen() {
		told[a.header.Get("webhook-id")] = true
	}
	if len(told) != 6 {
		t.Errorf("it was told %d events, want 6", len(told))
	}
	if open, err := o.OpenAlarms(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("the alarm is still there: %+v (%v)", open, err)
	}
}

// TestAMendedEndpointIsTriedAtOnce: who corrects the address need not wait for
// the next attempt.
func TestAMendedEndpointIsTriedAtOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqlstore.SQLite, virtual())
	bad, good := newEndpoint(t, status(500)), newEndpoint(t, status(204))
	o.candidates(1)
	o.run(func(c *ehr.Options) { c.Configured = []ehr.Configured{webhook("ehr", bad.URL)} })
	o.write(1, 0, 2)
	o.eventually("it failed", func() bool { return len(bad.seen()) == 1 && !o.standing("ehr").Failed.IsZero() })
	all, err := o.EndpointList(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mended := webhook("ehr", good.URL)
	sealer, _ := wire.NewSealer([]byte("a key of thirty-two bytes, or so"))
	if all[0].Settings, err = sealer.Seal("ehr", mended.Wire); err != nil {
		t.Fatal(err)
	}
	if _, err := o.PutEndpoint(t.Context(), all[0], ""); err != nil {
		t.Fatal(err)
	}
	o.eventually("the other has both", func() bool { return len(good.seen()) == 2 })
}

// TestConfiguredEndpoints follows the file: what is in it is kept as it is
// there, what was taken out is paused, and goes on when it comes back.
func TestConfiguredEndpoints(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqlstore.SQLite, virtual())
	e := newEndpoint(t, status(204))
	with := func(c ...ehr.Configured) func() {
		return o.run(func(o *ehr.Options) { o.Configured = c })
	}
	with(webhook("ehr", e.URL))()
	with(webhook("ehr", e.URL))()
	st := o.standing("ehr")
	if st.Version != 1 || !st.Configured || st.Name != "The ehr" {
		t.Errorf("after two starts it is %+v", st.Endpoint)
	}
	if strings.Contains(string(st.Settings), secret) {
		t.Error("the database holds the secret as it is")
	}
	renamed := webhook("ehr", e.URL)
	renamed.Types, renamed.Wire.PerMinute = []string{"message.*"}, 600
	with(renamed)()
	if st := o.standing("ehr"); st.Version != 2 || len(st.Types) != 1 {
		t.Errorf("after a change it is %+v", st.Endpoint)
	}
	with()()
	if st := o.standing("ehr"); st.Paused.At.IsZero() || st.Paused.Reason != relay.PausedByHand {
		t.Errorf("taken out of the file it is %+v", st.Endpoint)
	}
	if open, err := o.OpenAlarms(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("that is an alarm: %+v (%v)", open, err)
	}
	with(renamed)()
	if st := o.standing("ehr"); !st.Paused.At.IsZero() {
		t.Errorf("back in the file it is %+v", st.Endpoint)
	}
	if err := o.ensure(ehr.Configured{Endpoint: relay.Endpoint{ID: "ehr", Kind: relay.Feed}}); err == nil || !strings.Contains(err.Error(), "another id") {
		t.Errorf("as a feed: %v", err)
	}
}

// ensure has the store know an endpoint.
func (o *office) ensure(c ehr.Configured) error {
	sealer, err := wire.NewSealer([]byte("a key of thirty-two bytes, or so"))
	if err != nil {
		return err
	}
	told, err := ehr.New(ehr.Options{
		Store: o.Store, Sealer: sealer, NewID: o.newID, Clock: o.clock, Configured: []ehr.Configured{c},
		Retry: ehr.Retry{Schedule: schedule(), GiveUp: days},
	})
	if err != nil {
		return err
	}
	return told.Ensure(context.Background())
}

// TestWhatIsNotToBeToldIsPassedOver: types and filters choose, and what they
// leave out keeps nothing back and is no attempt.
func TestWhatIsNotToBeToldIsPassedOver(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqlstore.SQLite, virtual())
	all, some, none := newEndpoint(t, status(204)), newEndpoint(t, status(204)), newEndpoint(t, status(204))
	filtered, other := webhook("filtered", some.URL), webhook("other", none.URL)
	filtered.Wire.Filter = "event.data.sequence % 2 == 0"
	other.Types = []string{"offer.*", "message"}
	o.candidates(2)
	feed := ehr.Configured{Endpoint: relay.Endpoint{ID: "feed", Kind: relay.Feed, Types: []string{"message.received"}}, From: relay.FromBeginning}
	feed.Wire.Filter = "event.data.sequence > 1"
	o.run(func(c *ehr.Options) {
		c.Configured = []ehr.Configured{webhook("all", all.URL), filtered, other, feed}
	})
	o.write(2, 0, 4)
	o.eventually("all are told", func() bool {
		return len(all.seen()) == 8 && len(some.seen()) == 4 && o.standing("filtered").Waiting+o.standing("other").Waiting+o.standing("feed").Waiting == 0
	})
	if n := len(none.seen()); n != 0 {
		t.Errorf("an endpoint of other types was told %d events", n)
	}
	attempts, err := o.Attempts(t.Context(), conversations.Everything, "other", relay.Selection{}, 0, 10)
	if err != nil || len(attempts) != 0 {
		t.Errorf("its attempts are %+v (%v)", attempts, err)
	}
	records, err := o.ReadFeed(t.Context(), conversations.Everything, "feed", 0, 100)
	if err != nil || len(records) != 6 || records[0].At.IsZero() {
		t.Errorf("the feed has %d records, %+v (%v)", len(records), records, err)
	}
}

func TestTestEvent(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqlstore.SQLite, virtual())
	answer := atomic.Int64{}
	answer.Store(204)
	e := newEndpoint(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(int(answer.Load())) })
	hook := webhook("ehr", e.URL)
	hook.Wire.Filter, hook.Wire.Mapping = "false", `{"id": event.data.candidate_id}`
	o.run(func(c *ehr.Options) {
		c.Configured = []ehr.Configured{hook, {Endpoint: relay.Endpoint{ID: "feed", Kind: relay.Feed}}}
	})
	a, err := o.told.Test(t.Context(), o.standing("ehr").Endpoint)
	if err != nil || a.Status != 204 || a.Note != "" || a.Type != ehr.TestEvent || a.Candidate != "" || a.Sequence != 0 {
		t.Fatalf("%+v, %v", a, err)
	}
	got := e.seen()[0]
	verifier, _ := standardwebhooks.NewWebhook(secret)
	if err := verifier.Verify(got.body, got.header); err != nil {
		t.Error(err)
	}
	var event struct {
		SpecVersion, ID, Type, Source string
		Timestamp                     time.Time
		Data                          struct{ Endpoint string }
	}
	if err := json.Unmarshal(got.body, &event); err != nil || event.Type != "endpoint.test" || event.ID != got.header.Get("webhook-id") ||
		event.SpecVersion != "1.0" || event.Source == "" || event.Timestamp.IsZero() || event.Data.Endpoint != "ehr" {
		t.Errorf("the event is %s (%v)", got.body, err)
	}
	answer.Store(401)
	if a, err = o.told.Test(t.Context(), o.standing("ehr").Endpoint); err != nil || a.Status != 401 || !strings.Contains(a.Note, "401") {
		t.Errorf("refused: %+v, %v", a, err)
	}
	if _, err := o.told.Test(t.Context(), o.standing("feed").Endpoint); err != ehr.ErrFeed {
		t.Errorf("a feed: %v", err)
	}
	if st := o.standing("ehr"); !st.Took.IsZero() || !st.Failed.IsZero() {
		t.Errorf("it left traces: %+v", st)
	}
}

// TestSettingsThatCannotBeUsedPause: an endpoint whose secrets nobody can open
// any more is paused with an alarm, and nothing else is.
func TestSettingsThatCannotBeUsedPause(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqlstore.SQLite, virtual())
	other, _ := wire.NewSealer([]byte("another key of thirty-two bytes."))
	sealed, err := other.Seal("lost", webhook("lost", "https://ehr.example.com").Wire)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.PutEndpoint(t.Context(), relay.Endpoint{ID: "lost", Kind: relay.Webhook, Settings: sealed}, relay.FromNow); err != nil {
		t.Fatal(err)
	}
	good := newEndpoint(t, status(204))
	o.candidates(1)
	o.run(func(c *ehr.Options) { c.Configured = []ehr.Configured{webhook("good", good.URL)} })
	o.write(1, 0, 1)
	o.eventually("the good one is told and the lost one paused", func() bool {
		return len(good.seen()) == 1 && o.standing("lost").Paused.Reason == relay.PausedFailing
	})
	if d := o.standing("lost").Paused.Detail; !strings.Contains(d, "sealed with a key that is not given") {
		t.Errorf("it is paused because %q", d)
	}
}

// TestAFeedIsWrittenToFiles lets days go by.
func TestAFeedIsWrittenToFiles(t *testing.T) {
	t.Parallel()
	c := virtual()
	o := newOffice(t, sqlstore.SQLite, c)
	signer, err := daily.NewSigner([]byte("a key of thirty-two bytes, or so"))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "archive")
	o.candidates(3)
	o.run(func(o *ehr.Options) {
		o.Signer = signer
		o.Configured = []ehr.Configured{{Endpoint: relay.Endpoint{ID: "archive", Kind: relay.Feed}, From: relay.FromBeginning, Daily: &ehr.Daily{Dir: dir}}}
	})
	today := c.Now().UTC().Format("2006-01-02")
	o.write(3, 0, 4)
	o.eventually("the feed has everything", func() bool { return o.standing("archive").Position == 12 })
	c.Advance(days)
	file := filepath.Join(dir, "archive-"+today+".jsonl")
	var m daily.Manifest
	o.eventually("the day is written", func() bool {
		m, err = signer.Verify(file)
		return err == nil
	})
	if m.Events != 12 || m.Upto != 12 {
		t.Errorf("the manifest says %+v", m)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	records, err := o.ReadFeed(t.Context(), conversations.Everything, "archive", 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if line != string(records[i].Body) {
			t.Errorf("line %d is %s, want %s", i, line, records[i].Body)
		}
	}
}

// TestDailyFilesThatCannotBeWritten: people are told, once, until they can be.
func TestDailyFilesThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	c := virtual()
	o := newOffice(t, sqlstore.SQLite, c)
	signer, err := daily.NewSigner([]byte("a key of thirty-two bytes, or so"))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "archive")
	if err := os.WriteFile(dir, nil, 0o600); err != nil { // a file where the folder should be
		t.Fatal(err)
	}
	o.candidates(1)
	o.run(func(o *ehr.Options) {
		o.Signer = signer
		o.Configured = []ehr.Configured{{
			Endpoint: relay.Endpoint{ID: "archive", Name: "归档", Kind: relay.Feed}, From: relay.FromBeginning, Daily: &ehr.Daily{Dir: dir},
		}}
	})
	today := c.Now().UTC().Format("2006-01-02")
	o.write(1, 0, 2)
	o.eventually("the feed has everything", func() bool { return o.standing("archive").Position == 2 })
	c.Advance(days)
	var lasting []conversations.AlarmView
	o.eventually("people are told again and again, of one alarm", func() bool {
		c.Advance(time.Minute)
		lasting, err = o.Alarms(t.Context(), conversations.Everything, c.Now())
		return err != nil || len(lasting) == 1 && lasting[0].Count > 1
	})
	if a := lasting[0]; err != nil || a.Account != relay.AlarmAccount("archive") || a.Work != conversations.WorkDaily || a.Reason != conversations.Unwritten ||
		a.Name != "归档" || !strings.Contains(a.Detail, "archive") {
		t.Errorf("the alarm is %+v (%v)", a, err)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	o.eventually("the day is written, and the alarm over", func() bool {
		c.Advance(time.Minute)
		open, err := o.OpenAlarms(t.Context())
		_, missing := signer.Verify(filepath.Join(dir, "archive-"+today+".jsonl"))
		return err == nil && len(open) == 0 && missing == nil
	})
}
