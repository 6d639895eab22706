package voicesim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"jiebao/channels/carrier/carriersim"
)

// What is the same for all simulators of providers.
type (
	Options = carriersim.Options
	Fault   = carriersim.Fault
	Entry   = carriersim.Entry
	Shown   = carriersim.Shown
	Choice  = carriersim.Choice
	State   = carriersim.State
)

// Template is a filed text with variables ${name}.
type Template struct {
	Content string
	Pending bool // not approved yet
}

// Account is one account.
type Account struct {
	AccessKeyID, AccessKeySecret string
	Templates                    map[string]Template // by code, TTS_…
	// ShowNumbers are the numbers it may call with, besides the platform's own.
	ShowNumbers []string
	// ReportURL is where VoiceReport is pushed.
	ReportURL string
	// Balance is how many calls are left; negative: any number.
	Balance int
	// Unlimited exempts the numbers it calls from the limits [?].
	Unlimited bool
}

// Habit is what somebody does with every call.
type Habit struct {
	PicksUp bool          `json:"picks_up"`
	Keys    string        `json:"keys,omitempty"` // pressed at once
	Stays   time.Duration `json:"stays,omitempty"`
}

// Sim is the platform with its accounts. All methods may be called
// concurrently.
type Sim struct {
	*carriersim.Base
	acs3 carriersim.ACS3

	mu       sync.Mutex
	serial   int64
	accounts map[string]*Account
	calls    map[string]*call       // by phone: the one that rings or is talked in
	made     map[string][]time.Time // by phone
	habits   map[string]Habit       // by phone
}

// New returns a platform without accounts.
func New(o Options) *Sim {
	return &Sim{Base: carriersim.NewBase(o), serial: o.First, accounts: map[string]*Account{}, calls: map[string]*call{}, made: map[string][]time.Time{}, habits: map[string]Habit{}}
}

// AddAccount opens an account, or replaces the one of that access key.
func (s *Sim) AddAccount(a Account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts[a.AccessKeyID] = &a
}

// SetHabit says what somebody does with every call from now on.
func (s *Sim) SetHabit(phone string, h Habit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.habits[carriersim.Number(phone)] = h
}

// maxBody bounds what is read of a call.
const maxBody = 1 << 20

// Handler serves the platform's calls in RPC style, wherever it is mounted.
func (s *Sim) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		s.serve(w, r, body)
	})
}

func (s *Sim) serve(w http.ResponseWriter, r *http.Request, body []byte) {
	action, q := r.Header.Get("X-Acs-Action"), r.URL.Query()
	phone := carriersim.Number(q.Get("CalledNumber"))
	s.Serve(w, r, carriersim.Call{
		Action: action, Phone: phone, Refuse: s.refuse,
		Do: func() carriersim.Answer {
			key, code := s.acs3.Check(r, body, s.Wall(), s.secretOf)
			switch {
			case code != "":
				return s.refuse(code)
			case r.Header.Get("X-Acs-Version") != "2017-05-25":
				return s.refuse("InvalidVersion")
			case action == "QueryCallDetailByCallId":
				return s.refuse("isv.INVALID_PARAMETERS") // calls are not kept; the page names no code for one that never was [?]
			case action != "SingleCallByTts":
				return s.refuse("InvalidAction.NotFound")
			}
			return s.singleCall(key, request{
				phone: phone, show: q.Get("CalledShowNumber"), template: q.Get("TtsCode"), param: q.Get("TtsParam"),
				times: q.Get("PlayTimes"), outID: q.Get("OutId"),
			})
		},
	})
}

func (s *Sim) secretOf(key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.accounts[key]; a != nil {
		return a.AccessKeySecret
	}
	return ""
}

func (s *Sim) refuse(code string) carriersim.Answer {
	return carriersim.RefuseACS3("dyvmsapi.aliyuncs.com", s.next("req"), code)
}

// next returns an id that was not used before.
func (s *Sim) next(kind string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	if kind == "req" {
		return fmt.Sprintf("D9CB3933-9FE3-4870-BA8E-%012d", s.serial)
	}
	return fmt.Sprintf("116012354148^%d", 102_813_140_000+s.serial)
}

// request is what SingleCallByTts takes.
type request struct{ phone, show, template, param, times, outID string }

// limits are how often one number may be called, failed calls included
// (语音通知流控频率规则: 同一个被叫, 1次/分钟、5次/小时、20次/天).
func limits() map[time.Duration]int {
	return map[time.Duration]int{time.Minute: 1, time.Hour: 5, 24 * time.Hour: 20}
}

// singleCall does what SingleCallByTts does: the phone rings.
func (s *Sim) singleCall(key string, q request) carriersim.Answer {
	text, code := s.check(key, q)
	if code != "" {
		return s.refuse(code)
	}
	id := s.next("call")
	answer := carriersim.Answer{Code: "OK"}
	answer.Body, _ = json.Marshal(map[string]string{"RequestId": s.next("req"), "Code": "OK", "Message": "OK", "CallId": id})
	s.ring(&call{account: s.account(key), id: id, request: q, text: text, began: s.Now()})
	answer.Report = func(time.Duration) {} // the report follows the call, not the answer
	return answer
}

func (s *Sim) account(key string) *Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accounts[key]
}

// check returns the words that are read, or the code that refuses the call.
func (s *Sim) check(key string, q request) (text, code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.accounts[key]
	t, filed := a.Templates[q.template]
	switch {
	case len(q.phone) < 8 || strings.Trim(q.phone, "0123456789") != "":
		return "", "isv.MOBILE_NUMBER_ILLEGAL"
	case q.show != "" && !slices.Contains(a.ShowNumbers, q.show):
		return "", "isv.DISPLAY_NUMBER_ILLEGAL"
	case q.times != "" && (len(q.times) != 1 || q.times < "1" || q.times > "3"), len(q.outID) > 15:
		return "", "isv.INVALID_PARAMETERS"
	case !filed || t.Pending:
		return "", "isv.TTS_TEMPLATE_ILLEGAL"
	}
	if text, code = fill(t.Content, q.param); code != "" {
		return "", code
	}
	now := s.Now()
	for span, most := range limits() {
		if !a.Unlimited && count(s.made[q.phone], now.Add(-span)) >= most {
			return "", "isv.BUSINESS_LIMIT_CONTROL"
		}
	}
	if a.Balance == 0 {
		return "", "isv.OUT_OF_SERVICE"
	}
	a.Balance--
	s.made[q.phone] = append(s.made[q.phone], now)
	return text, ""
}

func count(times []time.Time, since time.Time) int {
	n := 0
	for _, t := range times {
		if t.After(since) {
			n++
		}
	}
	return n
}

var variable = regexp.MustCompile(`\$\{(\w+)\}`)

// fill puts variables, texts of a JSON object, into a text.
func fill(content, param string) (text, code string) {
	values := map[string]string{}
	if param != "" && json.Unmarshal([]byte(param), &values) != nil {
		return "", "isv.INVALID_JSON_PARAM"
	}
	text = variable.ReplaceAllStringFunc(content, func(name string) string {
		v := values[name[2:len(name)-1]]
		if v == "" {
			code = "isv.TEMPLATE_MISSING_PARAMETERS"
		}
		return v
	})
	return text, code
}
