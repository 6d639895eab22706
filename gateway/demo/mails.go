package demo

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strconv"

	"jiebao/channels/email/emailsim"
)

// Mails is the mail app, with the mailboxes of a simulated server.
func Mails(sim *emailsim.Sim) App { return mails{sim} }

type mails struct{ *emailsim.Sim }

func (mails) Name() string { return "mail" }

// Join does nothing: an address is all it takes.
func (mails) Join(Person) error { return nil }

func (a mails) View(p Person) View {
	var v View
	for n, s := range a.box(p) {
		i := Item{ID: strconv.Itoa(n + 1), At: s.At, Type: "mail", From: s.From, Title: s.Subject, Text: s.Text, Calendar: invited(s.Invite)}
		if s.HTML != "" {
			i.Page = fmt.Sprintf("/phone/people/%s/mail/%s", p.ID, i.ID)
		}
		if s.Unsubscribe != "" {
			i.Choices = []Choice{{ID: unsubscribe}}
		}
		for _, l := range s.Links {
			i.Link = cmp.Or(i.Link, l.URL)
		}
		v.Items = append(v.Items, i)
	}
	return v
}

// unsubscribe is the mail program's own button for no more mail.
const unsubscribe = "unsubscribe"

func (a mails) box(p Person) []emailsim.Shown {
	if p.Email == "" {
		return nil
	}
	return a.Inbox(p.Email)
}

// invited is the calendar's entry, as far as it is shown.
func invited(in *emailsim.Invitation) *Calendar {
	if in == nil || len(in.Values["DTSTART"]) < len("20260713") {
		return nil
	}
	day := in.Values["DTSTART"]
	return &Calendar{
		Title: in.Values["SUMMARY"], Day: day[:4] + "-" + day[4:6] + "-" + day[6:8],
		Place: in.Values["LOCATION"], Details: in.Values["DESCRIPTION"], Cancelled: in.Method == "CANCEL",
	}
}

func (a mails) Watch(ctx context.Context, _ Person, changed func()) { watch(ctx, a.Sim, changed) }

func (a mails) Do(ctx context.Context, p Person, g Gesture) error {
	s, ok := a.mail(p, g.Item)
	if !ok || g.Action != "tap" || g.Choice != unsubscribe {
		return errNoGesture
	}
	status, err := a.PressUnsubscribe(ctx, s)
	if err == nil && status >= http.StatusBadRequest {
		err = fmt.Errorf("the sender's server answered %d", status)
	}
	return err
}

func (a mails) mail(p Person, item string) (emailsim.Shown, bool) {
	n, err := strconv.Atoi(item)
	box := a.box(p)
	if err != nil || n < 1 || n > len(box) {
		return emailsim.Shown{}, false
	}
	return box[n-1], true
}

// Page is the HTML of a mail.
func (a mails) Page(p Person, item string) (string, bool) {
	s, ok := a.mail(p, item)
	return s.HTML, ok && s.HTML != ""
}
