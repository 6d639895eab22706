package channeltest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"jiebao/conversations"
)

func (b *bench) text(words string) conversations.Delivery {
	return conversations.Delivery{Message: "c-1", Conversation: "c", To: b.To, Kind: conversations.Text, Text: words}
}

// note is a message of whatever kind the platform takes.
func (b *bench) note(words string) conversations.Delivery {
	if b.TemplatesOnly {
		return b.template(words)
	}
	return b.text(words)
}

func (b *bench) send(t *testing.T, d conversations.Delivery) conversations.Receipt {
	t.Helper()
	receipt, err := b.Adapter.Send(context.Background(), d)
	if err != nil {
		t.Fatalf("sending: %v", err)
	}
	return receipt
}

// refused sends and returns the typed error.
func (b *bench) refused(t *testing.T, ctx context.Context, d conversations.Delivery) *conversations.SendError {
	t.Helper()
	receipt, err := b.Adapter.Send(ctx, d)
	var e *conversations.SendError
	if !errors.As(err, &e) {
		t.Fatalf("sending ended with %+v and %v, want a *SendError", receipt, err)
	}
	b.checkSecrets(t, err.Error())
	return e
}

func testTap(t *testing.T, b *bench) {
	n := b.Adapter.Describe().Choices
	d := b.text("请选择")
	d.Kind = conversations.Menu
	for i := range n {
		d.Choices = append(d.Choices, conversations.Choice{ID: fmt.Sprintf("choice_%d", i), Text: fmt.Sprintf("选项%d", i)})
	}
	b.send(t, d)
	for _, c := range d.Choices[:2] {
		before := len(b.heard())
		b.Tap(t, c.ID)
		heard := b.heard()[before:]
		if len(heard) != 1 || heard[0].Choice != c.ID || heard[0].Gesture != conversations.Said || heard[0].Text != c.Text {
			t.Errorf("tapping %s came in as %+v", c.ID, heard)
		}
	}
}

func testSendVerbatim(t *testing.T, b *bench) {
	for i, text := range words[:4] {
		before := len(b.Shown())
		d := b.text(text)
		d.Message = fmt.Sprint("c-", i)
		b.send(t, d)
		shown := b.Shown()[before:]
		switch {
		case len(shown) != 1:
			t.Errorf("%q is shown as %q", text, shown)
		case b.Discreet && (shown[0] == "" || strings.Contains(shown[0], text)):
			t.Errorf("%q is told as %q, where everybody can read it", text, shown[0])
		case !b.Discreet && shown[0] != text:
			t.Errorf("%q is shown as %q", text, shown)
		}
	}
}

func testLongTexts(t *testing.T, b *bench) {
	most := b.Adapter.Describe().MaxRunes
	limit := cmp.Or(most, 10_000)
	for i, r := range []string{"a", "长", "😀"} {
		before := len(b.Shown())
		d := b.text(strings.Repeat(r, limit))
		d.Message = fmt.Sprint("c-", i)
		b.send(t, d)
		if shown := b.Shown()[before:]; len(shown) != 1 || !b.Discreet && shown[0] != d.Text {
			t.Errorf("%d times %s is not shown whole", limit, r)
		}
	}
	if most == 0 {
		return
	}
	before := len(b.Shown())
	if e := b.refused(t, context.Background(), b.text(strings.Repeat("长", 100_000))); e.Reason != conversations.BadContent {
		t.Errorf("too long a text is refused with %v", e)
	}
	if len(b.Shown()) != before {
		t.Error("a part of too long a text is shown")
	}
}

// refusal is a delivery and why it must be refused; "" for whatever reason.
type refusal struct {
	d    conversations.Delivery
	want conversations.Reason
}

func testCannotSend(t *testing.T, b *bench) {
	before := len(b.Shown())
	empty, strange, foreign, nobody := b.text(""), b.note("你好"), b.note("你好"), b.note("你好")
	strange.Kind = conversations.Note
	foreign.To.Account += "-other"
	nobody.To.ID = ""
	bare := b.text("")
	bare.Kind = conversations.Template
	unknown := bare
	unknown.Template = &conversations.TemplateContent{Purpose: "no_such_purpose"}
	cases := map[string]refusal{
		"nothing":                 {empty, conversations.BadContent},
		"a note":                  {strange, conversations.BadContent},
		"another account's":       {foreign, conversations.BadRecipient},
		"nobody's":                {nobody, conversations.BadRecipient},
		"no template":             {bare, conversations.BadContent},
		"a template without id":   {unknown, conversations.BadContent},
		"a picture that is gone":  {conversations.Delivery{Message: "c-1", To: b.To, Kind: conversations.Image, Document: "gone"}, ""},
		"a video without a video": {conversations.Delivery{Message: "c-1", To: b.To, Kind: conversations.Video}, conversations.BadContent},
	}
	if b.TemplatesOnly {
		cases["words of its own"] = refusal{b.text("你好"), conversations.BadContent}
	}
	if b.Template == nil {
		d := b.text("您有一条新通知")
		d.Kind, d.Template = conversations.Template, &conversations.TemplateContent{Purpose: conversations.PurposeResult, Title: "通知"}
		cases["a template, where there are none"] = refusal{d, conversations.BadContent}
	}
	for name, c := range cases {
		if e := b.refused(t, context.Background(), c.d); c.want != "" && e.Reason != c.want {
			t.Errorf("%s: %v, want %s", name, e, c.want)
		}
	}
	if len(b.Shown()) != before {
		t.Errorf("it is shown all the same: %q", b.Shown()[before:])
	}
}

func (b *bench) template(shown string) conversations.Delivery {
	d := b.text(shown)
	d.Kind, d.Template = conversations.Template, b.Template(shown)
	return d
}

func testTemplate(t *testing.T, b *bench) {
	receipt := b.send(t, b.template("客户经理"))
	if shown := b.Shown(); len(shown) == 0 || shown[len(shown)-1] != "客户经理" {
		t.Errorf("the template is shown as %q", shown)
	}
	if !b.Adapter.Describe().Receipts {
		return
	}
	if receipt.PlatformID == "" {
		t.Fatal("the platform's id of the message is not told")
	}
	b.Receipts(t)
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.reports) != 1 || b.reports[0].PlatformID != receipt.PlatformID || b.reports[0].Status != conversations.Delivered || b.reports[0].At.IsZero() {
		t.Errorf("reported %+v about %s", b.reports, receipt.PlatformID)
	}
}

// A template whose answer got lost is sent again under the same id, by the
// adapter or by its caller, and the candidate sees it once.
func testTemplateOnce(t *testing.T, b *bench) {
	before := len(b.Shown())
	b.Fail[LostAnswer](t)
	d := b.template("客户经理")
	var e *conversations.SendError
	if _, err := b.Adapter.Send(context.Background(), d); err != nil && (!errors.As(err, &e) || e.Reason != conversations.OutcomeUnsure) {
		t.Fatalf("with the answer lost: %v", err)
	}
	b.send(t, d)
	if shown := b.Shown()[before:]; !slices.Equal(shown, []string{"客户经理"}) {
		t.Errorf("shown %q", shown)
	}
	d.Message = "c-2"
	b.send(t, d)
	if shown := b.Shown()[before:]; len(shown) != 2 {
		t.Errorf("another message of the same words is shown %d times", len(shown)-1)
	}
}

// A text whose answer got lost is sent again under the same id, and the
// candidate sees it once; the same words under another id are shown again.
func testTextOnce(t *testing.T, b *bench) {
	before := len(b.Shown())
	b.Fail[LostAnswer](t)
	d := b.text("收到")
	var e *conversations.SendError
	if _, err := b.Adapter.Send(context.Background(), d); err != nil && (!errors.As(err, &e) || e.Reason != conversations.OutcomeUnsure) {
		t.Fatalf("with the answer lost: %v", err)
	}
	b.send(t, d)
	if shown := b.Shown()[before:]; len(shown) != 1 {
		t.Errorf("shown %q", shown)
	}
	d.Message = "c-2"
	b.send(t, d)
	if shown := b.Shown()[before:]; len(shown) != 2 {
		t.Errorf("another message of the same words is shown %d times", len(shown)-1)
	}
}

func testRefusals(t *testing.T, b *bench) {
	if len(b.Refuse) == 0 {
		t.Fatal("the platform refuses nothing")
	}
	for reason, refuse := range b.Refuse {
		before := len(b.Shown())
		refuse(t)
		e := b.refused(t, context.Background(), b.note("你好"))
		if e.Reason != reason || e.Code == "" {
			t.Errorf("refused with %v (code %q), want %s", e, e.Code, reason)
		}
		if reason == conversations.QuotaUsedUp && e.RetryAfter <= 0 {
			t.Error("the quota never comes back")
		}
		if len(b.Shown()) != before {
			t.Errorf("%s: it is shown all the same", reason)
		}
	}
}

func testFailures(t *testing.T, b *bench) {
	for _, failure := range []Failure{Busy, Garbage, Reset, LostAnswer, Down} {
		fail, ok := b.Fail[failure]
		if !ok {
			t.Errorf("the platform does not fail by %s", failure)
			continue
		}
		if b.Renew != nil {
			b.Renew(t)
		}
		b.send(t, b.note("先发一条"))
		fail(t)
		if b.madeGood(t, failure) {
			continue
		}
		if e := b.refused(t, context.Background(), b.note("你好")); e.Reason != failure.reason() {
			t.Errorf("%s: %v, want %s", failure, e, failure.reason())
		}
	}
}

// madeGood sends where a connection that breaks may be made good by sending
// again at once, because the platform takes both for one, and says whether
// that is what became of it.
func (b *bench) madeGood(t *testing.T, failure Failure) bool {
	if !b.Adapter.Describe().OnceTexts || failure != Reset && failure != LostAnswer {
		return false
	}
	_, err := b.Adapter.Send(context.Background(), b.note("你好"))
	var e *conversations.SendError
	if err != nil && (!errors.As(err, &e) || e.Reason != failure.reason()) {
		t.Errorf("%s: %v, want %s", failure, err, failure.reason())
	}
	return true
}

func testStall(t *testing.T, b *bench) {
	b.send(t, b.note("先发一条"))
	arrived := b.Stall(t)
	ctx, giveUp := context.WithCancel(context.Background())
	defer giveUp()
	go func() {
		<-arrived
		giveUp()
	}()
	if e := b.refused(t, ctx, b.note("你好")); e.Reason != conversations.OutcomeUnsure {
		t.Errorf("without an answer: %v", e)
	}
}

func testGaveUp(t *testing.T, b *bench) {
	b.send(t, b.note("先发一条"))
	before := len(b.Shown())
	ctx, giveUp := context.WithCancel(context.Background())
	giveUp()
	if e := b.refused(t, ctx, b.note("你好")); e.Reason != conversations.Temporary {
		t.Errorf("given up before it left: %v", e)
	}
	if len(b.Shown()) != before {
		t.Error("it is shown all the same")
	}
}
