package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"jiebao/channels/wechat/wechatsim"
)

const mixedGroup = "m"

// measureMixed tells results by every channel at once: each candidate has an
// address on one of them, so that the plan passes over the steps before it.
func (b *bench) measureMixed(ctx context.Context, d *database) (err error) {
	platform, err := newPlatform(3, b.latency, false)
	if err != nil {
		return err
	}
	defer platform.close()
	others, err := newOthers()
	if err != nil {
		return err
	}
	defer others.close()
	ehr := newReceiver()
	defer ehr.server.Close()
	say("starting the gateway with %s and all channels", d.name)
	p, err := b.gateway(ctx, setup{name: "mixed", store: d, platform: platform, ehr: ehr, others: others})
	if err != nil {
		return err
	}
	defer func() {
		if stopped := p.stop(); err == nil {
			err = stopped
		}
	}()
	if err := platform.sim.Configure(platform.account(p.url + "/callbacks/" + accountID)); err != nil {
		return err
	}
	if err := b.register(ctx, p, others); err != nil {
		return err
	}
	if others.followers, err = platform.follow(mixedGroup, b.notifications); err != nil {
		return err
	}
	if err := b.tellMixed(ctx, p, d, others, ehr); err != nil {
		return err
	}
	return b.confirmArrivals(ctx, p, others, ehr)
}

// confirmArrivals posts the receipts of the WeChat messages as fast as they are
// taken, and again and again, as the platform does that hears no answer, until
// there were as many as on a bad day.
func (b *bench) confirmArrivals(ctx context.Context, p *process, o *others, ehr *receiver) error {
	s, err := newSealer(p.host, time.Now())
	if err != nil {
		return err
	}
	var receipts []request
	for n, phone := range o.followers {
		for _, m := range phone.Screen().Messages {
			if m.Source == wechatsim.SourceTemplate {
				receipts = append(receipts, s.receipt(openID(mixedGroup, n), m.MsgID))
			}
		}
	}
	flood := make([]request, max(b.receipts, len(receipts)))
	for i := range flood {
		flood[i] = receipts[i%len(receipts)]
	}
	say("posting %d receipts of %d messages", len(flood), len(receipts))
	ehr.take()
	var refused atomic.Int64
	l := load{connections: b.connections, next: each(flood, time.Time{}), answered: func(_, status int, _ []byte) {
		if status != http.StatusOK {
			refused.Add(1)
		}
	}}
	posted, err := l.run(ctx)
	if err != nil {
		return err
	}
	if err := p.settle(ctx, "event"); err != nil {
		return err
	}
	arrived := ehr.take().count
	b.report.goal(fmt.Sprintf("%s receipts of %s messages taken", grouped(int64(len(flood))), grouped(int64(len(receipts)))), perSecond(posted.perSecond()), "≥ 233/s", posted.perSecond() >= 233)
	b.report.figure("a receipt, p50 and p99", milliseconds(posted.quantile(0.5))+", "+milliseconds(posted.quantile(0.99)))
	b.report.check("receipts that the EHR was told of", grouped(int64(arrived)), grouped(int64(len(receipts))), arrived == len(receipts) && refused.Load() == 0)
	return nil
}

// register lets the candidates who have the app become known, and their phones
// be registered.
func (b *bench) register(ctx context.Context, p *process, o *others) error {
	var known, phones []request
	for n := range b.notifications {
		if kindOf(n) != byPush {
			continue
		}
		known = append(known, mixedResult(p.host, "known", n, time.Now()))
		phone := o.push.AddPhone(candidateID(mixedGroup, n), "xiaomi", "jpush")
		phones = append(phones, request{
			url:    "http://" + p.host + "/v1/devices",
			header: http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + apiKey}},
			body:   fmt.Sprintf(`{"candidate_id":%q,"provider":"jpush","token":%q,"handset":%q}`, candidateID(mixedGroup, n), phone.Token("jpush"), phone.ID()),
		})
	}
	say("registering %d phones with the app", len(phones))
	for _, requests := range [][]request{known, phones} {
		var refused atomic.Pointer[string]
		l := load{connections: posters, next: each(requests, time.Time{}), answered: func(_, status int, body []byte) {
			if status >= 300 {
				text := string(body)
				refused.Store(&text)
			}
		}}
		if _, err := l.run(ctx); err != nil {
			return err
		}
		if why := refused.Load(); why != nil {
			return fmt.Errorf("preparing candidates with the app was refused: %s", *why)
		}
	}
	return p.settle(ctx, "deliver", "event")
}

// tellMixed posts the results and waits until every candidate was reached. When
// a message was accepted is what its event says.
func (b *bench) tellMixed(ctx context.Context, p *process, d *database, o *others, ehr *receiver) error {
	say("telling %d candidates by %d channels", b.notifications, kinds)
	before := o.count()
	t := newTelling(b.notifications, b.underWay)
	told := func(result string, at time.Time) {
		if n, found := numberOf(result); found {
			t.told(n, at)
		}
	}
	ehr.sent.Store(&told)
	defer ehr.sent.Store(nil)
	requests := make([]request, b.notifications)
	for i := range requests {
		requests[i] = mixedResult(p.host, mixedGroup, i, time.Now())
	}
	l := load{connections: posters, next: t.next(ctx, requests, 1, time.Now().Add(patience)), answered: t.posted}
	used, err := p.cpu()
	if err != nil {
		return err
	}
	started := time.Now()
	if _, err := l.run(ctx); err != nil {
		return err
	}
	if t.refused.Load() > 0 {
		return fmt.Errorf("%d results were refused: %s", t.refused.Load(), p.lastLines())
	}
	if err := eventually(ctx, "every candidate is told", func() (bool, error) { return t.accepted.Load() == int64(b.notifications), nil }); err != nil {
		return err
	}
	over := t.last().Sub(started)
	if err := p.settle(ctx, "event", "deliver"); err != nil {
		return err
	}
	after, err := p.cpu()
	if err != nil {
		return err
	}
	b.reportMixed(d, t, over, (after-used)/time.Duration(b.notifications))
	wrong := 0
	for n, count := range o.count() {
		if count-before[n] != 1 {
			wrong++
		}
	}
	b.report.check("candidates not reached exactly once", grouped(int64(wrong)), "0", wrong == 0)
	problem := ehr.check()
	b.report.check("events with a wrong signature or out of sequence", problems(problem), "none", problem == nil)
	return nil
}

func (b *bench) reportMixed(d *database, t *telling, over, each time.Duration) {
	lags := t.lags()
	b.report.heading(fmt.Sprintf("Out by every channel: with %s, 2 of 5 by WeChat and 1 each by push, SMS and mail", d.name))
	b.report.figure("notifications", fmt.Sprintf("%s (of %s)", perSecond(float64(b.notifications)/over.Seconds()), grouped(int64(b.notifications))))
	b.report.figure("lag from the answer to the EHR until the channel accepted, p50 and p99", milliseconds(lags.quantile(0.5))+", "+milliseconds(lags.quantile(0.99)))
	for kind, name := range kindNames() {
		lags := t.lagsOf(func(n int) bool { return kindOf(n) == kind })
		b.report.figure("the same by "+name, milliseconds(lags.quantile(0.5))+", "+milliseconds(lags.quantile(0.99)))
	}
	b.report.figure("processor time of the gateway for each, event included", microseconds(each.Seconds()))
}

// count is how many messages each candidate was shown by their channel.
func (o *others) count() []int {
	banners := map[string]int{}
	for _, p := range o.push.Phones() {
		banners[p.Recipient] += len(p.Shown())
	}
	counts := make([]int, len(o.followers))
	for n := range counts {
		switch kindOf(n) {
		case byWeChat:
			counts[n] = len(o.followers[n].Screen().Messages)
		case byPush:
			counts[n] = banners[candidateID(mixedGroup, n)]
		case bySMS:
			counts[n] = len(o.sms.Inbox(phoneOf(n)))
		case byMail:
			counts[n] = len(o.mail.Inbox(mailOf(n)))
		}
	}
	return counts
}

func kindOf(n int) int { return mix()[n%len(mix())] }

func candidateID(group string, n int) string { return fmt.Sprintf("C-%s-%d", group, n) }

// mixedResult is the request that posts a result of candidate n.
func mixedResult(host, group string, n int, now time.Time) request {
	contact := ""
	switch kindOf(n) {
	case byWeChat:
		contact = fmt.Sprintf(`,"addresses":[{"account":%q,"id":%q}]`, accountID, openID(mixedGroup, n))
	case bySMS:
		contact = fmt.Sprintf(`,"phone":%q`, phoneOf(n))
	case byMail:
		contact = fmt.Sprintf(`,"email":%q`, mailOf(n))
	}
	body := fmt.Sprintf(`{"id":"R-%s-%d","branch":"head/beijing/chaoyang","candidate":{"id":%q,"name":"王小明","locale":"zh-CN"%s},`+
		`"position":{"id":"teller","title":"柜员"},"interview":{"score":86.5,"passed":true},`+
		`"offer":{"start_date":%q,"workplace":"北京市朝阳区建国路1号","contact_name":"李娜","contact_phone":"010-12345678"}}`,
		group, n, candidateID(mixedGroup, n), contact, now.AddDate(0, 0, 30).Format(time.DateOnly))
	return request{"http://" + host + "/v1/results", http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + apiKey}}, body}
}

// numberOf reads n from the id of a mixed result.
func numberOf(result string) (n int, found bool) {
	digits, found := strings.CutPrefix(result, "R-"+mixedGroup+"-")
	if !found {
		return 0, false
	}
	_, err := fmt.Sscanf(digits, "%d", &n)
	return n, err == nil
}
