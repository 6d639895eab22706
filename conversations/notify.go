package conversations

import (
	"errors"
	"fmt"
	"time"
)

// InvitationTTL is how long an invitation binds: the longest life WeChat
// gives a temporary QR code (generating QR codes with parameters, 2,592,000 s).
const InvitationTTL = 30 * 24 * time.Hour

// notify takes in a result. Its notification leaves at once if the candidate
// can be reached, and otherwise the moment they bind.
func (t *turn) notify(c Notify) error {
	if t.s.PostedDigest != "" {
		if t.s.PostedDigest != c.Digest {
			return ErrConflict
		}
		t.unchanged()
		t.out.Duplicate = true
		return nil
	}
	res := c.Result
	if err := t.check(res); err != nil {
		return err
	}
	t.c.Branch = res.Branch
	spoken := t.c.Candidate.Locale
	t.c.Candidate = res.Candidate
	if spoken != "" {
		t.c.Candidate.Locale = spoken
	}
	t.c.Applications = append(t.c.Applications, newApplication(res, t.now))
	t.c.Memory = nil
	t.out.Posted = &c
	t.note("result", res.Position.Title)
	t.bindKnown(res.Addresses)
	if t.c.Best() == nil {
		t.invite(c.Scene, c.Code)
	}
	if t.sendNotice() {
		t.converse(Heard{Cue: CueNotified})
	}
	return nil
}

func newApplication(r Result, now time.Time) Application {
	app := Application{
		ResultID: r.ID, Position: r.Position, Interview: r.Interview, Offer: r.Offer,
		Waiting: WaitingUnbound, At: now,
	}
	for _, d := range r.Offer.Documents {
		app.Checklist = append(app.Checklist, ChecklistItem{ID: d.ID, Name: d.Name})
	}
	return app
}

// check names every field that would be refused later: addresses that are
// somebody else's, accounts that do not exist, and words that the templates
// of the branch's accounts cannot take.
func (t *turn) check(res Result) error {
	var bad InvalidError
	for i, a := range res.Addresses {
		path := fmt.Sprintf("candidate.addresses[%d]", i)
		if _, ok := t.e.Channels.Describe(a.Account); !ok {
			bad.Fields = append(bad.Fields, FieldError{path + ".account", "is not a configured account"})
		}
		for _, taken := range t.s.Taken {
			if taken == a {
				bad.Fields = append(bad.Fields, FieldError{path + ".id", "belongs to another candidate"})
			}
		}
	}
	app := newApplication(res, t.now)
	seen := map[FieldError]bool{}
	for _, d := range t.e.Channels.Serving(res.Branch) {
		_, err := t.e.Templates.Render(TemplateQuery{PurposeResult, d.Platform, res.Branch, res.Candidate, app})
		if inv := (*InvalidError)(nil); errors.As(err, &inv) {
			for _, f := range inv.Fields {
				if !seen[f] {
					seen[f] = true
					bad.Fields = append(bad.Fields, f)
				}
			}
		} else if err != nil && !errors.Is(err, ErrNoTemplate) {
			return fmt.Errorf("rendering the notification for %s: %w", d.Account, err)
		}
	}
	if len(bad.Fields) > 0 {
		return &bad
	}
	return nil
}

// bindKnown takes over the addresses that the EHR vouches for.
func (t *turn) bindKnown(addresses []Address) {
	for _, a := range addresses {
		if t.c.Reach(a) == nil {
			t.c.Reaches = append(t.c.Reaches, Reach{Address: a, Followed: true, BoundBy: "ehr"})
			t.out.Bind = append(t.out.Bind, a)
		}
	}
}

func (t *turn) template(purpose string, r *Reach) TemplateQuery {
	return TemplateQuery{purpose, t.describe(r).Platform, t.c.Branch, t.c.Candidate, *t.c.Application()}
}

// sendNotice sends the current result's notification if it still waits and
// now can leave. It says whether it did; if not, the application says why.
func (t *turn) sendNotice() bool {
	app := t.c.Application()
	if app == nil || app.Waiting == "" {
		return false
	}
	r := t.reach()
	if r == nil || !r.Followed {
		app.Waiting = WaitingUnbound
		if len(t.c.Reaches) > 0 {
			app.Waiting = WaitingUnfollowed
		}
		return false
	}
	rendered, err := t.e.Templates.Render(t.template(PurposeResult, r))
	if err != nil {
		app.Waiting, app.Reason = WaitingNoTemplate, err.Error()
		return false
	}
	m := Message{Author: BySystem, Kind: Template, Address: r.Address, Text: rendered.Text, Template: rendered.Template, Status: Queued}
	if m.Template == nil {
		m.Kind = Text
	}
	p := t.record(m)
	t.deliver(p)
	app.Waiting, app.Reason, app.Notice, app.Status, app.StatusAt = "", "", p.ID, Queued, t.now
	return true
}
