package smssim

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"jiebao/channels/carrier/carriersim"
	"jiebao/channels/simclock"
)

// What is the same for all simulators of providers.
type (
	Options = carriersim.Options
	Fault   = carriersim.Fault
	Entry   = carriersim.Entry
	Shown   = carriersim.Shown
	State   = carriersim.State
)

// Filing is how far something filed has come.
type Filing string

// The states of filing.
const (
	Approved Filing = "approved"
	Pending  Filing = "pending"
	Rejected Filing = "rejected"
)

// Template is a filed template. Aliyun's have variables ${name}, Tencent
// Cloud's {1}, {2}.
type Template struct {
	Content string
	Filing  Filing // empty: approved
}

// Account is what both providers have.
type Account struct {
	Signs     map[string]Filing
	Templates map[string]Template // by code
	// ReportURL and ReplyURL are where receipts and replies are pushed.
	ReportURL, ReplyURL string
	// Balance is how many billed messages are left; negative: any number.
	Balance int
}

// Aliyun is an account there.
type Aliyun struct {
	AccessKeyID, AccessKeySecret string
	Account
}

// Tencent is an application of an account there.
type Tencent struct {
	SecretID, SecretKey string
	SdkAppID            string
	Account
	// MaxVariable is the longest variable; zero: 35. Newer accounts have 6
	// (正文模板审核标准, 变量规范).
	MaxVariable int
	// NoExt leaves the SessionContext out of receipts, as for accounts that
	// have not asked for it.
	NoExt bool
}

// Sim is the providers with their accounts. All methods may be called
// concurrently.
type Sim struct {
	*carriersim.Base
	acs3 carriersim.ACS3

	mu       sync.Mutex
	serial   int64
	aliyun   map[string]*account // by access key
	tencent  map[string]*account // by secret id
	lastFrom map[string]*account // by phone: who sent the latest message
}

// account is one account with what it has sent.
type account struct {
	Account
	kind, key, secret, appID string
	maxVariable              int
	noExt                    bool
	sent                     map[string][]sending // by phone
}

// sending is one message, as limits count it.
type sending struct {
	at       time.Time
	template string
	text     string
}

// New returns providers without accounts.
func New(o Options) *Sim {
	return &Sim{Base: carriersim.NewBase(o), serial: o.First, aliyun: map[string]*account{}, tencent: map[string]*account{}, lastFrom: map[string]*account{}}
}

// AddAliyun opens an account, or replaces the one of that access key.
func (s *Sim) AddAliyun(a Aliyun) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.aliyun[a.AccessKeyID] = &account{Account: a.Account, kind: "aliyun", key: a.AccessKeyID, secret: a.AccessKeySecret, maxVariable: 35, sent: map[string][]sending{}}
}

// AddTencent opens an account, or replaces the one of that secret id.
func (s *Sim) AddTencent(t Tencent) {
	if t.MaxVariable == 0 {
		t.MaxVariable = 35
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tencent[t.SecretID] = &account{Account: t.Account, kind: "tencent", key: t.SecretID, secret: t.SecretKey, appID: t.SdkAppID, maxVariable: t.MaxVariable, noExt: t.NoExt, sent: map[string][]sending{}}
}

// maxBody bounds what is read of a call.
const maxBody = 1 << 20

// Handler serves both providers' calls.
func (s *Sim) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		if strings.HasPrefix(r.Header.Get("Authorization"), "TC3-") || r.Header.Get("X-TC-Action") != "" {
			s.serveTencent(w, r, body)
			return
		}
		s.serveAliyun(w, r, body)
	})
}

var address = regexp.MustCompile(`https?://\S+`)

// deliver puts a message on the phone, or has the carrier give up, and returns
// the carrier's code, "" for arrived.
func (s *Sim) deliver(a *account, phone, sign, text, id string) (failed string) {
	switch state := s.Phone(phone); {
	case state.Unknown, state.Off:
		return "MOBILE_NOT_ON_SERVICE"
	case state.Blocked:
		return "MOBILE_IN_BLACK"
	}
	whole := "【" + sign + "】" + text
	s.Show(phone, Shown{Kind: "sms", From: sign, Text: whole, Link: address.FindString(whole), ID: id})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastFrom[phone] = a
	return ""
}

// ErrNobodyWrote says that a phone has no message to reply to.
var ErrNobodyWrote = errors.New("nobody has sent this phone a message")

// Reply has the person reply to the latest message.
func (s *Sim) Reply(phone, text string) error {
	number := carriersim.Number(phone)
	s.mu.Lock()
	a := s.lastFrom[number]
	if a == nil {
		a = s.senderOf(number)
	}
	s.serial++
	serial := s.serial
	s.mu.Unlock()
	if a == nil {
		return fmt.Errorf("replying: %w", ErrNobodyWrote)
	}
	s.Show(number, Shown{Kind: "reply", From: "me", Text: text})
	if a.kind == "tencent" {
		s.replyTencent(a, number, text)
		return nil
	}
	s.replyAliyun(a, number, text, serial)
	return nil
}

// senderOf is an account whose signature the phone's latest message has, for
// phones of before a restart. The caller holds the lock.
func (s *Sim) senderOf(phone string) *account {
	for _, m := range slices.Backward(s.Inbox(phone)) {
		for _, all := range []map[string]*account{s.aliyun, s.tencent} {
			for _, key := range slices.Sorted(maps.Keys(all)) {
				if _, filed := all[key].Signs[m.From]; filed && m.Kind == "sms" {
					return all[key]
				}
			}
		}
	}
	return nil
}

// segments is what a message is billed as (短信计费说明: 70, then 67 each).
func segments(sign, text string) int {
	n := len([]rune("【" + sign + "】" + text))
	if n <= 70 {
		return 1
	}
	return (n + 66) / 67
}

// bill takes what a message costs off the balance and says whether there was
// enough. The caller holds the lock.
func (a *account) bill(sign, text string) bool {
	if a.Balance < 0 {
		return true
	}
	cost := segments(sign, text)
	if a.Balance < cost {
		return false
	}
	a.Balance -= cost
	return true
}

// count returns how many messages a phone got within a span that match.
func (a *account) count(phone string, since time.Time, match func(sending) bool) int {
	n := 0
	for _, m := range a.sent[phone] {
		if !m.at.Before(since) && match(m) {
			n++
		}
	}
	return n
}

func (a *account) note(phone string, m sending) {
	kept := a.sent[phone][:0]
	for _, old := range a.sent[phone] {
		if m.at.Sub(old.at) <= 24*time.Hour {
			kept = append(kept, old)
		}
	}
	a.sent[phone] = append(kept, m)
}

func stamp(t time.Time) string { return t.In(simclock.Beijing()).Format(time.DateTime) }
