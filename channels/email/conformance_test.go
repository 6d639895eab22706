package email_test

import (
	"strings"
	"testing"

	"jiebao/channels/channeltest"
	"jiebao/channels/email"
	"jiebao/channels/email/emailsim"
	"jiebao/conversations"
)

// shown are the letters' own words, without what stands in every mail.
func (w *world) shown() []string {
	var out []string
	for _, mail := range w.Inbox(anna) {
		text, _, _ := strings.Cut(mail.Text, "\n\n-- \n")
		out = append(out, text)
	}
	return out
}

func (w *world) platform() channeltest.Platform {
	inject := func(f emailsim.Fault) func(*testing.T) {
		f.Count = 1
		return func(*testing.T) { w.Inject(f) }
	}
	answers := func(at emailsim.Stage, answer string) func(*testing.T) {
		return inject(emailsim.Fault{At: at, Mode: emailsim.Answers, Answer: answer})
	}
	return channeltest.Platform{
		Adapter: w.adapter,
		Now:     now,
		To:      conversations.Address{Account: accountID, ID: anna},
		Shown:   w.shown,
		Template: func(shown string) *conversations.TemplateContent {
			return &conversations.TemplateContent{Purpose: "message_waiting", Title: shown}
		},
		Fail: map[channeltest.Failure]func(*testing.T){
			channeltest.Busy:       answers(emailsim.End, "451 4.3.0 busy, "+anna),
			channeltest.Garbage:    inject(emailsim.Fault{At: emailsim.End, Mode: emailsim.Garbage}),
			channeltest.Reset:      inject(emailsim.Fault{At: emailsim.End, Mode: emailsim.Reset}),
			channeltest.LostAnswer: inject(emailsim.Fault{At: emailsim.End, Mode: emailsim.ResetAfterCommit}),
			channeltest.Down:       func(*testing.T) { w.Close() },
		},
		Refuse: map[conversations.Reason]func(*testing.T){
			conversations.Temporary:    answers(emailsim.Rcpt, "451 4.7.1 greylisted, try "+anna+" later"),
			conversations.Throttled:    answers(emailsim.Mail, "450 4.7.0 too fast"),
			conversations.BadRecipient: answers(emailsim.Rcpt, "550 5.1.1 <"+anna+"> is unknown"),
			conversations.BadContent:   answers(emailsim.End, "554 5.7.1 looks like spam to "+anna),
			conversations.Credentials:  answers(emailsim.Mail, "553 5.7.1 mail from must equal authorized user"),
		},
		Stall: func(*testing.T) <-chan struct{} {
			return w.Inject(emailsim.Fault{At: emailsim.End, Mode: emailsim.Stall, Count: 1})
		},
		Secrets: []string{password, user},
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	channeltest.Run(t, func(t *testing.T, _ string) channeltest.Platform {
		return newWorld(t, emailsim.Options{Users: map[string]string{user: password}}, func(a *email.Account, _ *email.Options) {
			a.User, a.Password = user, password
		}).platform()
	})
}
