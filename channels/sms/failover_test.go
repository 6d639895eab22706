package sms_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jiebao/channels"
	"jiebao/channels/sms"
	"jiebao/channels/sms/smssim"
	"jiebao/conversations"
)

// sink takes callbacks and keeps what the adapter made of them.
type sink struct {
	mu       sync.Mutex
	adapter  channels.Adapter
	receipts []channels.Receipt
	inbound  []conversations.Inbound
	posts    int
}

func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.adapter.Parse(r)
	if err != nil {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	s.posts++
	s.receipts = append(s.receipts, b.Receipts...)
	s.inbound = append(s.inbound, b.Inbound...)
	w.Write(b.Ack)
}

func (s *sink) all() ([]channels.Receipt, []conversations.Inbound, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.receipts), slices.Clone(s.inbound), s.posts
}

// withSink is a world with both providers whose callbacks are kept.
func withSink(t *testing.T) (*world, *sink) {
	t.Helper()
	s := &sink{}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	w := newWorld(t, server.URL, sms.Aliyun, sms.Tencent)
	s.adapter = w.adapter
	return w, s
}

func (w *world) send(message, words string) (conversations.Receipt, *conversations.SendError) {
	d := delivery(words)
	d.Message = message
	receipt, err := w.adapter.Send(w.t.Context(), d)
	var e *conversations.SendError
	if err != nil && !errors.As(err, &e) {
		w.t.Fatalf("sending ended with %v", err)
	}
	return receipt, e
}

// failCode has the next call of Aliyun, the first provider, refused.
func (w *world) failCode(code string) {
	w.fault(smssim.Fault{What: "SendSms", Mode: "code:" + code, Count: 1})
}

func TestGoesToTheNextProvider(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		"isv.AMOUNT_NOT_ENOUGH", "isv.OUT_OF_SERVICE", "InvalidAccessKeyId.NotFound", "Throttling.User", "isp.SYSTEM_ERROR",
		"isv.DAY_LIMIT_CONTROL", "isv.SMS_SIGNATURE_ILLEGAL", "isv.SMS_TEMPLATE_ILLEGAL", "isv.TEMPLATE_MISSING_PARAMETERS", "ServiceUnavailable",
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			w, _ := withSink(t)
			w.failCode(code)
			receipt, refused := w.send("c-1", "李四")
			if refused != nil || !strings.HasPrefix(receipt.PlatformID, "tencent:") || len(w.shown()) != 1 {
				t.Errorf("sent as %+v, refused with %v, shown %q", receipt, refused, w.shown())
			}
		})
	}
}

func TestStaysWithARefusalOfTheMessage(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]conversations.Reason{
		"isv.BUSINESS_LIMIT_CONTROL": conversations.Throttled, "isv.MOBILE_NUMBER_ILLEGAL": conversations.BadRecipient,
		"isv.PARAM_LENGTH_LIMIT": conversations.BadContent, "isv.NEVER_HEARD_OF": conversations.BadContent,
	} {
		w, _ := withSink(t)
		w.failCode(code)
		if _, refused := w.send("c-1", "李四"); refused == nil || refused.Reason != want || refused.Code != code || len(w.shown()) != 0 {
			t.Errorf("%s: %v, want %s; shown %q", code, refused, want, w.shown())
		} else if refused.Recipient != (want == conversations.Throttled) {
			t.Errorf("%s: of one number only: %v", code, refused.Recipient)
		}
	}
}

// Nobody else is asked while a message may have left, and the receipt settles
// what became of it.
func TestDoubtGoesToNobodyElse(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"reset", "reset_after_commit", "garbage"} {
		w, s := withSink(t)
		w.fault(smssim.Fault{What: "SendSms", Mode: mode, Count: 1})
		_, refused := w.send("conv-7", "李四")
		if refused == nil || refused.Reason != conversations.OutcomeUnsure {
			t.Fatalf("%s: %v", mode, refused)
		}
		w.Advance(time.Minute)
		receipts, _, _ := s.all()
		if mode == "reset" {
			if len(w.shown()) != 0 || len(receipts) != 0 {
				t.Errorf("%s: shown %q, reported %+v", mode, w.shown(), receipts)
			}
			continue
		}
		if len(w.shown()) != 1 || len(receipts) != 1 || receipts[0].Report.Message != "conv-7" || receipts[0].Report.Status != conversations.Delivered {
			t.Errorf("%s: shown %q, reported %+v", mode, w.shown(), receipts)
		}
	}
}

// A provider that did not hear from the carrier may have sent all the same.
func TestDoubtOfTheProviderIsDoubt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "http://127.0.0.1:0", sms.Tencent, sms.Aliyun)
	for _, mode := range []string{"code:InternalError.Timeout", "code:InternalError.SendAndRecvFail", "http:504"} {
		w.fault(smssim.Fault{What: "tencent/SendSms", Mode: mode, Count: 1})
		if _, refused := w.send("c-1", "李四"); refused == nil || refused.Reason != conversations.OutcomeUnsure {
			t.Errorf("%s: %v", mode, refused)
		}
		w.Advance(time.Hour)
	}
	if len(w.shown()) != 0 {
		t.Errorf("another provider sent %q", w.shown())
	}
}

func TestPassesOverAProviderInTrouble(t *testing.T) {
	t.Parallel()
	w, _ := withSink(t)
	calls := func() (n int) {
		for _, e := range w.Journal() {
			if e.Kind == "call" && e.What == "aliyun/SendSms" && e.Fault != "" {
				n++
			}
		}
		return n
	}
	w.fault(smssim.Fault{What: "aliyun/SendSms", Mode: "code:isp.SYSTEM_ERROR", Count: 3})
	for i := range 3 {
		if receipt, refused := w.send("c-1", "第"+string(rune('一'+i))); refused != nil || !strings.HasPrefix(receipt.PlatformID, "tencent:") {
			t.Fatalf("message %d: %+v, %v", i, receipt, refused)
		}
	}
	w.ClearFaults()
	if receipt, _ := w.send("c-1", "四"); !strings.HasPrefix(receipt.PlatformID, "tencent:") {
		t.Errorf("right after three troubles it goes to %s", receipt.PlatformID)
	}
	if calls() != 3 {
		t.Errorf("the provider in trouble was called %d times", calls())
	}
	if !strings.Contains(w.logged.String(), "passed over") || strings.Contains(w.logged.String(), phone) {
		t.Errorf("logged %q", w.logged)
	}
	w.Advance(time.Minute)
	if receipt, _ := w.send("c-1", "五"); !strings.HasPrefix(receipt.PlatformID, "aliyun:") {
		t.Errorf("a minute later it goes to %s", receipt.PlatformID)
	}
}

// The account is in trouble only when all its providers are.
func TestTellsTheBestHope(t *testing.T) {
	t.Parallel()
	w, _ := withSink(t)
	w.failCode("isv.AMOUNT_NOT_ENOUGH")
	w.failCode("InternalError.OtherError")
	if _, refused := w.send("c-1", "李四"); refused == nil || refused.Reason != conversations.Temporary {
		t.Errorf("one without money and one that is down: %v", refused)
	}
	w.Advance(time.Hour)
	w.failCode("isv.AMOUNT_NOT_ENOUGH")
	w.failCode("UnauthorizedOperation.ServiceSuspendDueToArrears")
	if _, refused := w.send("c-1", "王五"); refused == nil || refused.Reason != conversations.Credentials {
		t.Errorf("both without money: %v", refused)
	}
	if _, refused := w.send("c-1", "赵六"); refused == nil || refused.Reason != conversations.Credentials || refused.RetryAfter <= 0 {
		t.Errorf("right after: %v", refused)
	}
}

func TestUnfiledTemplatesAndEmptyAccounts(t *testing.T) {
	t.Parallel()
	w, _ := withSink(t)
	d := delivery("李四")
	d.Template.Purpose = "unfiled" // waits for approval at the first provider
	receipt, err := w.adapter.Send(t.Context(), d)
	if err != nil || !strings.HasPrefix(receipt.PlatformID, "tencent:") {
		t.Errorf("sent as %+v, %v", receipt, err)
	}
}

func TestLinksAreTokens(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{sms.Aliyun, sms.Tencent} {
		w := newWorld(t, "http://127.0.0.1:0", kind)
		d := delivery("李四")
		d.Template.Purpose, d.Link = "linked", "https://jiebao.example.com/c/AbC_0123456789-abcdefghij"
		if _, err := w.adapter.Send(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		inbox := w.Inbox(phone)
		if len(inbox) != 1 || inbox[0].Link != d.Link || inbox[0].Text != "【示例银行】李四您好，请打开 "+d.Link+" 查看" {
			t.Errorf("%s: shown %+v", kind, inbox)
		}
		d.Link += strings.Repeat("x", 40)
		var e *conversations.SendError
		if _, err := w.adapter.Send(t.Context(), d); !errors.As(err, &e) || e.Reason != conversations.BadContent {
			t.Errorf("%s: a token too long: %v", kind, err)
		}
	}
}

func TestSeveralReceiptsInOneCallback(t *testing.T) {
	t.Parallel()
	w, s := withSink(t)
	for i := range 5 {
		if _, refused := w.send("c-"+string(rune('1'+i)), "李四"); refused != nil {
			t.Fatal(refused)
		}
	}
	w.SetPhone(phone, smssim.State{Off: true})
	if _, refused := w.send("c-6", "李四"); refused != nil {
		t.Fatal(refused)
	}
	w.Advance(time.Minute)
	receipts, _, posts := s.all()
	if len(receipts) != 6 || posts != 1 {
		t.Fatalf("%d receipts in %d callbacks", len(receipts), posts)
	}
	last := receipts[5].Report
	if last.Status != conversations.Failed || last.Reason != conversations.BadRecipient || last.Code != "MOBILE_NOT_ON_SERVICE" || last.Message != "c-6" {
		t.Errorf("a phone that is off is reported as %+v", last)
	}
}

func TestReceiptBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	w, s := withSink(t)
	w.fault(smssim.Fault{What: "SendSms", Mode: "report_first", Count: 1})
	receipt, refused := w.send("c-1", "李四")
	if refused != nil {
		t.Fatal(refused)
	}
	receipts, _, _ := s.all()
	if len(receipts) != 1 || receipts[0].PlatformID != receipt.PlatformID {
		t.Errorf("reported %+v before %+v", receipts, receipt)
	}
}

func TestAFailedCallbackIsRepeated(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	posts := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if posts++; posts < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	w := newWorld(t, server.URL, sms.Aliyun)
	if _, refused := w.send("c-1", "李四"); refused != nil {
		t.Fatal(refused)
	}
	for range 30 {
		w.Advance(time.Minute)
	}
	if mu.Lock(); posts != 3 {
		t.Errorf("posted %d times", posts)
	}
	mu.Unlock()
}
