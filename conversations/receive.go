package conversations

import (
	"errors"
	"strings"
)

// receive is a candidate's message or gesture. It is recorded whatever
// happens next; the bot answers unless a person owns the conversation.
func (t *turn) receive(c Receive) error {
	in := c.Inbound
	if in.Shown != "" && in.Shown != t.c.Application().Stance() {
		return ErrStale
	}
	first := t.c.Messages == 0
	t.out.Messages, t.out.Tasks = make([]Message, 0, 2), make([]Task, 0, 4) // as many as the message and its answer usually are
	r := t.hear(in)
	m := t.recordInbound(in)
	t.mark(in, m)
	t.from, t.to, t.canAnswer = m, r, in.CanAnswer && in.Gesture != Unfollowed

	t.answering = in.Gesture != Unfollowed
	if in.Gesture == Said || in.Gesture == Tapped {
		t.noticed(OverAnswered)
	}
	heard := Heard{Cue: Cue(in.Gesture), Kind: in.Kind, Text: in.Text, Choice: in.Choice, Shown: in.Shown != "", Scan: t.s.Scan, First: first}
	switch in.Gesture {
	case Unfollowed:
		r.Followed = false
		r.Close()
		return nil
	case Said:
		t.c.Unread++
		t.c.Nudged = false
		t.event(EventMessageReceived, EventData{Message: m.told()})
		heard.Document = t.fetch(in, m)
		t.fetchVoice(in, m)
	}
	if in.Gesture == Said || in.Gesture == Tapped {
		t.rouse()
	}
	if t.s.Scan == ScanBinds {
		t.adopt(r)
		heard.Cue = CueBound
	}
	if !t.c.Candidate.Known() {
		heard.Identity = t.identify(in)
	}
	t.releaseHeld(r)
	heard.CanAskModel = in.Gesture == Said && t.canAskModel()
	t.converse(heard)
	t.climb()
	return nil
}

// hear books what the inbound event says about its address.
func (t *turn) hear(in Inbound) *Reach {
	r := t.c.Reach(in.Address)
	met := r == nil
	if met {
		r = t.meet(in.Address)
	}
	t.followed(r, in, met)
	r.Followed, r.Refused, r.Declined = in.Gesture != Unfollowed, "", ""
	r.LastIn = t.now
	for _, g := range in.Grants {
		r.Grant(g, t.now)
	}
	if in.Address.Account == PageAccount {
		t.visit(r)
	}
	return r
}

// followed tells the EHR when the candidate leaves an address, or is back.
func (t *turn) followed(r *Reach, in Inbound, met bool) {
	switch {
	case met || in.Address.Account == PageAccount:
	case in.Gesture == Unfollowed && r.Followed:
		t.lost(r, string(Unfollowed))
	case in.Gesture != Unfollowed && !r.Usable():
		t.event(EventChannelRegained, EventData{Channel: t.channel(r.Address)})
	}
}

// meet books an address that is new to the conversation.
func (t *turn) meet(a Address) *Reach {
	known := Reach{Address: a}
	if t.s.Follower != nil {
		if f := t.s.Follower.Reach(a); f != nil {
			known = *f
		}
	}
	d, _ := t.e.Channels.Describe(a.Account)
	switch {
	case a.Account == PageAccount:
	case d.Contact != NoContact && t.c.Candidate.contact(d.Contact) == a.ID:
		known.BoundBy, known.Contact = "ehr", d.Contact
		t.out.Contacts = append(t.out.Contacts, a)
	default:
		t.out.Bind = append(t.out.Bind, a)
	}
	t.c.Reaches = append(t.c.Reaches, known)
	return &t.c.Reaches[len(t.c.Reaches)-1]
}

func (t *turn) recordInbound(in Inbound) *Message {
	m := Message{Author: ByCandidate, Kind: in.Kind, Address: in.Address, Text: in.Text}
	if in.Gesture != Said {
		m = Message{Author: BySystem, Kind: Note, Address: in.Address, Text: strings.TrimSpace(string(in.Gesture) + " " + in.Text)}
	}
	if in.Dedupe != "" {
		m.Dedupe = DedupeKey(Target{}, Receive{in})
	}
	return t.record(m)
}

// converse lets the dialogue move, unless a person owns the conversation:
// then the candidate waits for that person.
func (t *turn) converse(h Heard) {
	if t.c.Owner.Kind != OwnedByBot {
		if h.Shown && t.settled(h) {
			return
		}
		if h.Cue == CueSaid {
			if t.c.Waiting.IsZero() {
				t.c.Waiting = t.now
			}
			t.beside(h)
		}
		t.askedMore(h)
		return
	}
	t.move(ByBot, h)
}

// move asks the dialogue what to say and do. A dialogue that fails loses
// nothing: the conversation goes to a person.
func (t *turn) move(author Author, h Heard) {
	d, err := t.decideSafely(Turn{Heard: h})
	if err == nil {
		t.c.Memory = d.Memory
		for _, a := range d.Do {
			err = errors.Join(err, t.act(a))
		}
	}
	if err == nil {
		err = t.speak(author, d.Say)
	}
	if err != nil {
		t.handoff(HandoffFailed, Understanding{})
	}
}

func (t *turn) decideSafely(about Turn) (d Decision, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errPanicked
		}
	}()
	about.Channels = t.e.Channels
	about.Now, about.Conversation, about.Knowledge, about.Pages, about.Desk, about.Dates = t.now, t.c, t.s.Knowledge, t.hasPages(), t.desk(), t.dates()
	return t.e.Dialogue.Decide(about), nil
}

// act does what the dialogue decided, if the state allows it. What the
// dialogue must not have told the candidate is an error.
func (t *turn) act(a Act) error {
	if t.mayOnly != nil && !t.mayOnly(a) {
		return nil
	}
	app := t.c.Application()
	switch a := a.(type) {
	case RequestHandoff:
		t.handoff(a.Reason, a.Understanding)
	case LeaveQuestion:
		t.leaveQuestion(a.Text)
	case SpeakLocale:
		t.speakLocale(a.Locale)
	case PreferChannel:
		t.c.Preferred = &Preference{Channel: a.Channel, By: string(ByCandidate), At: t.now}
		t.note("preferred", a.Channel)
		t.preferenceChanged(PreferenceDetail{Channel: a.Channel, By: string(ByCandidate)})
	case ConfirmStartDate:
		return t.confirmStartDate(app, a.Date)
	case RequestSchedule:
		t.requestSchedule(app, a)
	case DeclineOffer:
		t.declineOffer(app, a)
	case WithdrawConsent:
		t.withdrawConsent()
	case GiveConsent:
		t.giveConsent()
	case FileUnder:
		t.file(app, a.Document, a.Item, "")
	case AskModel:
		t.askModel(a)
	}
	return nil
}
