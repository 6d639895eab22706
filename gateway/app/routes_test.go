package app

import (
	"strings"
	"testing"
	"time"

	"jiebao/config/policies"
	"jiebao/conversations"
)

func TestRoutes(t *testing.T) {
	t.Parallel()
	read := func(named ...string) (routes, error) {
		set, err := policies.Load(policies.Embedded(), policyFiles(named...), sections()...)
		if err != nil {
			t.Fatal(err)
		}
		return newRoutes(set)
	}
	r, err := read(
		"beijing.yaml", "branch: head/beijing\nnotifications:\n  normal: {steps: [{by: sms}, {by: person, after: 2h, unless: delivered}]}",
		"tellers.yaml", "positions: [柜员]\nnotifications:\n  quiet: {from: \"21:30\", to: \"07:00\", media: [sms]}",
	)
	if err != nil {
		t.Fatal(err)
	}
	usual := r.For("head", conversations.Position{Title: "经理"})
	if len(usual.Normal) != 6 || usual.Normal[5].By != conversations.Person || usual.Normal[1] != (conversations.Step{By: conversations.Push, After: 4 * time.Hour, Unless: conversations.GotRead}) {
		t.Errorf("the usual plan is %+v", usual.Normal)
	}
	if q := usual.Quiet; q.From != 22*60 || q.To != 8*60 || len(q.Media) != 4 || len(q.Except) != 1 {
		t.Errorf("the usual night is %+v", q)
	}
	beijing := r.For("head/beijing/haidian", conversations.Position{Title: "经理"})
	if len(beijing.Normal) != 2 || beijing.Normal[1].Unless != conversations.GotDelivered || len(beijing.Urgent) != 6 {
		t.Errorf("Beijing's plans are %+v", beijing)
	}
	if tellers := r.For("head", conversations.Position{Title: "柜员"}); tellers.Quiet.From != 21*60+30 || len(tellers.Normal) != 6 {
		t.Errorf("tellers' policy is %+v", tellers)
	}
	if r.Zone("America/New_York") == nil || r.Zone("Atlantis/Capital") != nil || r.Zone("Local") != nil || r.Zone("Atlantis/Capital") != nil {
		t.Error("time zones are not told from what is none")
	}
	if _, err := read("a.yaml", "notifications:\n  normal: {steps: [{by: pigeon}]}"); err == nil || !strings.Contains(err.Error(), `a.yaml: notifications: normal.steps[0].by: "pigeon"`) {
		t.Errorf("a step of no medium: %v", err)
	}
}
