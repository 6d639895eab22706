package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"

	"jiebao/channels/wechat/wechatsim"
)

// converse lets HR write to candidates faster than the platform takes it, and
// looks at the phones for messages that overtook others. Everything goes its
// real way: candidates open the reply window by writing on their phones, and
// HR signs in and uses the inbox's forms.
func (b *bench) converse(ctx context.Context, p *process, d *database, platform *platform, ehr *receiver) error {
	say("HR replies in %d conversations", b.replied)
	phones, err := platform.follow("c", b.replied)
	if err != nil {
		return err
	}
	if err := b.post(ctx, p, "c", b.replied, b.replied); err != nil {
		return err
	}
	if err := p.settle(ctx, "deliver", "event"); err != nil {
		return err
	}
	hr, err := d.sitAt(ctx, p)
	if err != nil {
		return err
	}
	err = together(len(phones), func(i int) error {
		if x, err := phones[i].Say("请转人工"); err != nil || x.Outcome != wechatsim.Answered {
			return errors.Join(fmt.Errorf("a candidate's message was %s", x.Outcome), err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = together(len(phones), func(i int) error {
		for n := range b.replies {
			if err := hr.reply(ctx, ehr.conversation(fmt.Sprintf("C-c-%d", i)), reply(n)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := p.settle(ctx, "deliver", "event"); err != nil {
		return err
	}
	b.reportReplies(phones)
	return nil
}

func reply(n int) string { return fmt.Sprintf("%s%d", replyWord, n) }

const replyWord = "同事的回复"

func (b *bench) reportReplies(phones []*wechatsim.Phone) {
	disordered, arrived := 0, 0
	for _, phone := range phones {
		var numbers []int
		for _, m := range phone.Screen().Messages {
			if n := 0; m.Source == wechatsim.SourceCustom && strings.HasPrefix(m.Text, replyWord) {
				_, _ = fmt.Sscanf(m.Text, replyWord+"%d", &n)
				numbers = append(numbers, n)
			}
		}
		disordered += steps(numbers)
		arrived += len(numbers)
	}
	want := b.replied * b.replies
	b.report.check(fmt.Sprintf("HR's replies out of order, %d in each of %d conversations", b.replies, b.replied),
		fmt.Sprintf("%d of %d", disordered, arrived), fmt.Sprintf("0 of %d", want), disordered == 0 && arrived == want)
}

// together does n things, sixteen at a time.
func together(n int, do func(i int) error) error {
	errs := make([]error, n)
	room := make(chan struct{}, 16)
	var wg sync.WaitGroup
	for i := range n {
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			errs[i] = do(i)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// agent is an HR person's browser.
type agent struct {
	client http.Client
	url    string
	csrf   string
}

// sitAt signs in with the link that the gateway printed, or goes on with the
// session that it began, at another start on the same database.
func (d *database) sitAt(ctx context.Context, p *process) (*agent, error) {
	if d.hr != nil {
		d.hr.url = p.url
		return d.hr, nil
	}
	hr, err := signIn(ctx, p, d.signIn)
	d.hr = hr
	return hr, err
}

// signIn uses the link that the gateway printed.
func signIn(ctx context.Context, p *process, printed string) (*agent, error) {
	link, err := url.Parse(printed)
	if err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	a := &agent{url: p.url}
	a.client.Jar = jar
	a.client.Transport = &http.Transport{MaxIdleConnsPerHost: 16}
	page, err := a.form(ctx, "/signin", url.Values{"token": {link.Query().Get("token")}})
	if err != nil {
		return nil, fmt.Errorf("signing in to the inbox: %w", err)
	}
	_, after, found := strings.Cut(page, `name="csrf" value="`)
	if !found {
		return nil, errors.New("signing in to the inbox: its page has no form")
	}
	a.csrf, _, _ = strings.Cut(after, `"`)
	// Forms answer with a redirect to the page they are on; that is enough.
	a.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return a, nil
}

// reply writes in a conversation's page as it stands.
func (a *agent) reply(ctx context.Context, conversation, text string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.url+"/inbox/"+conversation, nil)
	if err != nil {
		return err
	}
	page, err := a.do(req)
	if err != nil {
		return err
	}
	_, after, found := strings.Cut(page, `name="epoch" value="`)
	if !found {
		return errors.New("the page of a conversation has no form")
	}
	epoch, _, _ := strings.Cut(after, `"`)
	_, err = a.form(ctx, "/inbox/"+conversation+"/reply", url.Values{"csrf": {a.csrf}, "epoch": {epoch}, "text": {text}})
	return err
}

// form posts a form and returns the page that it leads to.
func (a *agent) form(ctx context.Context, path string, fields url.Values) (page string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url+path, strings.NewReader(fields.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return a.do(req)
}

// do makes a request and returns the page that it leads to.
func (a *agent) do(req *http.Request) (page string, err error) {
	resp, err := a.client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= 400 {
		err = fmt.Errorf("the inbox answered %s", resp.Status)
	}
	return string(b), err
}
