package conversations

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// InvitationTTL is how long an invitation binds: the longest life WeChat
// gives a temporary QR code (generating QR codes with parameters, 2,592,000 s).
const InvitationTTL = 30 * 24 * time.Hour

// notify takes in a result. Its notification leaves by the plan of the
// policies, or the moment that the candidate can be reached.
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
	rendered, err := t.e.check(res, t.s.Taken, t.now, t.pageOf(res.Candidate))
	if err != nil {
		return err
	}
	t.c.Branch = res.Branch
	t.c.Candidate = res.Candidate
	t.notices = rendered
	if t.c.Spoken != "" && t.c.Spoken != res.Candidate.Locale {
		t.c.Candidate.Locale = t.c.Spoken
		t.notices = nil // they are in another language
	}
	t.preferredByEHR(res.Candidate.Preferred)
	t.leaveSeats()
	t.supersede()
	t.c.Applications = append(t.c.Applications, newApplication(res, t.now))
	t.c.Memory, t.c.Puzzle = nil, nil
	t.out.Posted = &c
	t.rouse()
	t.note("result", res.Position.Title)
	t.bindKnown(res.Addresses)
	t.contacts()
	t.renewContacts()
	t.appear()
	if !t.chats() {
		t.invite(c.Scene, c.Code)
	}
	t.newRoute(t.c.Application(), res.Urgency)
	if t.climb() {
		t.converse(Heard{Cue: CueNotified, Buttons: t.buttons()})
	}
	return nil
}

// buttons says whether the candidate was told where any number of messages may
// follow, and has choices to tap there: in a chat, such as WeCom's.
func (t *turn) buttons() bool {
	r := t.reach()
	if r == nil {
		return false
	}
	d := t.describe(r)
	return d.Medium == Chat && d.Free && d.Choices > 0 && slices.ContainsFunc(t.out.Messages, func(m Message) bool {
		return m.ID == t.c.Application().Notice && m.Address == r.Address
	})
}

// preferredByEHR takes over the channel that the EHR names, unless somebody
// said something else since it first did.
func (t *turn) preferredByEHR(channel string) {
	if was := t.c.Preferred; channel != "" && (was == nil || was.By == "ehr" && was.Channel != channel) {
		t.c.Preferred = &Preference{Channel: channel, By: "ehr", At: t.now}
	}
}

// chats says whether the candidate can be told of the result by chat.
func (t *turn) chats() bool {
	return slices.ContainsFunc(t.c.Reaches, func(r Reach) bool {
		return r.Usable() && t.describe(&r).Medium == Chat
	})
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

// Check names, as *InvalidError, every field of a result that its turn would
// refuse, as far as the result itself tells.
func (e *Engine) Check(res Result, now time.Time) error {
	_, err := e.check(res, nil, now, "")
	return err
}

// check names every field that would be refused later: accounts that do not
// exist, addresses that are somebody else's, days that have passed, and words
// that the templates of the branch's accounts cannot take. It returns the
// notification as each platform would get it.
func (e *Engine) check(res Result, taken []Address, now time.Time, link string) (map[string]Rendered, error) {
	var bad unfit
	for i, a := range res.Addresses {
		path := fmt.Sprintf("candidate.addresses[%d]", i)
		if _, ok := e.Channels.Describe(a.Account); !ok || a.Account == PageAccount {
			bad.fields.add(FieldError{path + ".account", "is not a configured account"})
		}
		if slices.Contains(taken, a) {
			bad.fields.add(FieldError{path + ".id", "belongs to another candidate"})
		}
	}
	if p := res.Candidate.Preferred; p != "" && !e.channel(p) {
		bad.fields.add(FieldError{"candidate.preferred_channel", "is neither chat, push, sms or email nor a configured account"})
	}
	bad.passed(res.Offer, now)
	notices, err := e.renderNotices(res.Branch, res.Candidate, newApplication(res, now), link, &bad)
	if err != nil {
		return nil, err
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	return notices, nil
}

// renderNotices returns the notification as the platforms of the branch's
// accounts would get it, and adds to bad what they could not take.
func (e *Engine) renderNotices(branch string, c Candidate, app Application, link string, bad *unfit) (map[string]Rendered, error) {
	notices := map[string]Rendered{}
	for _, d := range e.Channels.Serving(branch) {
		if _, done := notices[d.Platform]; done {
			continue
		}
		rendered, err := e.Templates.Render(TemplateQuery{PurposeResult, d.Platform, branch, c, app, link})
		switch {
		case err == nil:
			notices[d.Platform] = rendered
		case bad.join(err):
		case !errors.Is(err, ErrNoTemplate):
			return nil, fmt.Errorf("rendering the notification for %s: %w", d.Account, err)
		}
	}
	return notices, nil
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
	return TemplateQuery{purpose, t.describe(r).Platform, t.c.Branch, t.c.Candidate, *t.c.Application(), t.page()}
}

// renderNotice fills in the notification for where it goes, unless the
// result's check did so a moment ago.
func (t *turn) renderNotice(r *Reach) (Rendered, error) {
	if rendered, done := t.notices[t.describe(r).Platform]; done {
		return rendered, nil
	}
	return t.e.Templates.Render(t.template(PurposeResult, r))
}
