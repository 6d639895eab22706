package conversations

import (
	"slices"
	"strings"
)

// A contact is a fact of a candidate that is an address: nobody has to bind
// it. Two candidates may share one, such as a family's telephone: what comes
// in from it is the conversation's that a result was posted to last, and what
// goes out depends on the conversation alone.

// contact is the candidate's address of that sort, "" if the EHR told none.
func (c Candidate) contact(by Contact) string {
	switch by {
	case ByPhone:
		if n := NormalPhone(c.Phone); len(n) >= 8 {
			return n
		}
	case ByEmail:
		return NormalEmail(c.Email)
	case ByEHR:
		return c.ID
	}
	return ""
}

// NormalEmail makes equal addresses equal strings, as far as everybody who
// runs a mail server agrees.
func NormalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// Contacts returns the addresses that a candidate of a branch has without
// binding any.
func (e *Engine) Contacts(branch string, c Candidate) []Address {
	var out []Address
	for _, d := range e.Channels.Serving(branch) {
		if id := c.contact(d.Contact); id != "" {
			out = append(out, Address{d.Account, id})
		}
	}
	return out
}

// contacts gives the conversation its candidate's contacts, of every account
// that serves the branch by now, and takes away those that the EHR replaced.
func (t *turn) contacts() {
	if t.contacted || !t.c.Candidate.Known() {
		return
	}
	t.contacted = true
	var at Address
	if t.to != nil {
		at = t.to.Address
	}
	for _, d := range t.e.Channels.Serving(t.c.Branch) {
		if d.Contact != NoContact {
			t.contact(d)
		}
	}
	if t.to != nil {
		t.to = t.c.Reach(at)
	}
}

func (t *turn) contact(d Description) {
	id := t.c.Candidate.contact(d.Contact)
	t.c.Reaches = slices.DeleteFunc(t.c.Reaches, func(r Reach) bool {
		gone := r.Contact != NoContact && r.Address.Account == d.Account && r.Address.ID != id
		if gone {
			t.out.Parted = append(t.out.Parted, r.Address)
		}
		return gone
	})
	a := Address{d.Account, id}
	r := t.c.Reach(a)
	switch {
	case id == "" || r != nil && r.Contact != NoContact:
		return
	case r == nil:
		t.c.Reaches = append(t.c.Reaches, Reach{Address: a, Followed: true, BoundBy: "ehr", Contact: d.Contact})
	default:
		r.Contact = d.Contact
	}
	t.out.Contacts = append(t.out.Contacts, a)
}

// renewContacts has what comes in from the candidate's contacts, which others
// may share, come to this conversation: it is the one that has news for them.
func (t *turn) renewContacts() {
	t.out.Contacts = t.out.Contacts[:0]
	for i := range t.c.Reaches {
		if r := &t.c.Reaches[i]; r.Contact != NoContact {
			t.out.Contacts = append(t.out.Contacts, r.Address)
		}
	}
}

// Usable says whether anything may be sent to the address, as far as the
// candidate, and the platform so far, let it.
func (r *Reach) Usable() bool { return r.Followed && r.Refused == "" }

// refuse notes that a platform does not know an address that the EHR told. It
// stays unused until the EHR tells another, or somebody writes from it: whether
// that was news it says. Of an address that the candidate bound it notes that a
// template was not taken.
func (r *Reach) refuse(kind Kind, reason string) (news bool) {
	if r.Contact == NoContact {
		if kind == Template {
			r.Declined = reason
		}
		return false
	}
	news = r.Refused == ""
	r.Refused = reason
	return news
}

// takesTemplates says whether a template may be sent to the address.
func (r *Reach) takesTemplates(d Description) bool { return d.Templates && r.Declined == "" }

// appear forgets that the candidate could not be reached in the bank's app:
// whoever has none today may have it tomorrow. It says whether that was news.
func (t *turn) appear() (news bool) {
	for i := range t.c.Reaches {
		if r := &t.c.Reaches[i]; r.Contact == ByEHR && r.Refused != "" {
			r.Refused, news = "", true
		}
	}
	return news
}

// Appeared says that the candidate has the bank's app, by a device that it
// was not known to be on. What waits for that leaves.
type Appeared struct{}

func (t *turn) appeared() error {
	if !t.c.Candidate.Known() {
		return ErrNotFound
	}
	t.contacts()
	if !t.appear() && len(t.out.Contacts) == 0 {
		t.unchanged()
		return nil
	}
	t.climb()
	return nil
}
