package main

import (
	"fmt"
	"log/slog"
	"net"
	"time"

	"jiebao/channels/email/emailsim"
	"jiebao/config"
	"jiebao/gateway/demo"
)

// demoPlatforms are the simulated platforms beside WeChat, each with an app on
// the candidates' phones.
type demoPlatforms struct {
	mail *emailsim.Sim
	smtp net.Listener
}

// openDemoPlatforms opens platforms that live by a clock.
func openDemoPlatforms(now func() time.Time, log *slog.Logger) (*demoPlatforms, error) {
	smtp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for the demonstration's mail: %w", err)
	}
	p := &demoPlatforms{mail: emailsim.New(emailsim.Options{Now: now}), smtp: smtp}
	go func() {
		if err := p.mail.Serve(smtp); err != nil {
			log.Error("the demonstration's mail server ended", "error", err)
		}
	}()
	return p, nil
}

func (p *demoPlatforms) close() {
	p.mail.Close()
	p.smtp.Close()
}

// apps are the apps on every phone.
func (p *demoPlatforms) apps() []demo.App {
	return []demo.App{demo.Mails(p.mail)}
}

// accounts are the bank's, as the gateway is configured with them.
func (p *demoPlatforms) accounts() []config.Account {
	smtp := p.smtp.Addr().(*net.TCPAddr)
	return []config.Account{{
		ID: "mail", Platform: "email", Branch: "head", Name: "示范银行招聘",
		Email: &config.Email{Host: smtp.IP.String(), Port: smtp.Port, TLS: config.MailPlain, From: "hr@bank.example"},
	}}
}
