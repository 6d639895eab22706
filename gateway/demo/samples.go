package demo

import (
	"crypto/rand"
	"encoding/base32"
	"math/big"
	"strings"
	"time"
)

// document is a result as an EHR writes it, from the API's documentation.
type document struct {
	ID        string          `json:"id"`
	Branch    string          `json:"branch"`
	Urgency   string          `json:"urgency,omitempty"`
	Candidate documentPerson  `json:"candidate"`
	Position  documentJob     `json:"position"`
	Interview documentOutcome `json:"interview"`
	Offer     documentOffer   `json:"offer"`
}

type documentPerson struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Phone  string `json:"phone,omitempty"`
	Email  string `json:"email,omitempty"`
	Locale string `json:"locale,omitempty"`
	// Preferred is the medium that they would rather be written to by.
	Preferred string `json:"preferred_channel,omitempty"`
}

type documentJob struct {
	ID    string `json:"id,omitempty"`
	Title string `json:"title"`
}

type documentOutcome struct {
	Score      float64  `json:"score"`
	Passed     bool     `json:"passed"`
	Highlights []string `json:"highlights,omitempty"`
}

type documentOffer struct {
	StartDate    string          `json:"start_date"`
	ReplyBy      string          `json:"reply_by,omitempty"`
	Workplace    string          `json:"workplace"`
	ContactName  string          `json:"contact_name"`
	ContactPhone string          `json:"contact_phone"`
	Documents    []documentPaper `json:"documents,omitempty"`
}

type documentPaper struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// sample is a result to start from.
type sample struct {
	Key      string   `json:"key"` // of its title among the words
	Document document `json:"document"`
}

// samples returns one result for each language, and one that is wrong in
// every way the API tells apart.
func (d *Demo) samples() []sample {
	now := d.now()
	return []sample{
		{"sample.mainland", d.fresh(mainland(now))},
		{"sample.hongkong", d.fresh(hongKong(now))},
		{"sample.english", d.fresh(english(now))},
		{"sample.wrong", d.fresh(wrong(now))},
	}
}

// fresh gives a result ids and a phone number of its own, and a branch below
// that of the API key.
func (d *Demo) fresh(doc document) document {
	tail := randomTail()
	doc.ID, doc.Candidate.ID = "R-"+tail, "C-"+tail
	doc.Branch = d.opts.Branch + doc.Branch
	if n := len(doc.Candidate.Phone); n > 4 {
		doc.Candidate.Phone = doc.Candidate.Phone[:n-4] + randomDigits(4)
	}
	return doc
}

func randomTail() string {
	var b [5]byte
	rand.Read(b[:]) // never fails
	return base32.StdEncoding.EncodeToString(b[:])
}

func randomDigits(n int) string {
	var b strings.Builder
	for range n {
		i, err := rand.Int(rand.Reader, big.NewInt(10))
		if err != nil {
			panic(err) // the system's source never fails
		}
		b.WriteByte('0' + byte(i.Int64()))
	}
	return b.String()
}

// beijing is the zone of the bank.
func beijing() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }

// startDate is the Monday at least three weeks ahead.
func startDate(now time.Time) time.Time {
	t := now.In(beijing()).AddDate(0, 0, 21)
	for t.Weekday() != time.Monday {
		t = t.AddDate(0, 0, 1)
	}
	return t
}

// replyBy is six in the evening, a week from now.
func replyBy(now time.Time) string {
	t := now.In(beijing()).AddDate(0, 0, 7)
	return time.Date(t.Year(), t.Month(), t.Day(), 18, 0, 0, 0, beijing()).Format(time.RFC3339)
}

func mainland(now time.Time) document {
	return document{
		Branch:    "/beijing/chaoyang",
		Candidate: documentPerson{Name: "王小明", Phone: "13800138000", Email: "wang.xiaoming@example.com", Locale: zhCN},
		Position:  documentJob{ID: "teller", Title: "综合柜员"},
		Interview: documentOutcome{Score: 86.5, Passed: true, Highlights: []string{"表达清晰", "服务意识强"}},
		Offer: documentOffer{
			StartDate: startDate(now).Format(time.DateOnly), ReplyBy: replyBy(now), Workplace: "北京市朝阳区建国路1号",
			ContactName: "李娜", ContactPhone: "010-12345678",
			Documents: []documentPaper{{"id_card", "身份证"}, {"diploma", "学历证书"}, {"medical", "体检报告"}},
		},
	}
}

func hongKong(now time.Time) document {
	return document{
		Branch:    "/hongkong/central",
		Candidate: documentPerson{Name: "陳嘉欣", Phone: "+852 6123 4567", Email: "ka.yan@example.com", Locale: zhHK},
		Position:  documentJob{ID: "adviser", Title: "客戶服務主任"},
		Interview: documentOutcome{Score: 91, Passed: true, Highlights: []string{"粵語、普通話及英語流利"}},
		Offer: documentOffer{
			StartDate: startDate(now).Format(time.DateOnly), ReplyBy: replyBy(now), Workplace: "香港中環德輔道中1號",
			ContactName: "黃詠詩", ContactPhone: "+852 2345 6789",
			Documents: []documentPaper{{"id_card", "香港身份證"}, {"diploma", "學位證書"}},
		},
	}
}

func english(now time.Time) document {
	return document{
		Branch:    "/beijing/chaoyang",
		Candidate: documentPerson{Name: "Emily Carter", Phone: "+44 7700 900123", Email: "emily.carter@example.com", Locale: en},
		Position:  documentJob{ID: "analyst", Title: "Credit Analyst"},
		Interview: documentOutcome{Score: 88, Passed: true, Highlights: []string{"Structured thinking", "Clear English and Mandarin"}},
		Offer: documentOffer{
			StartDate: startDate(now).Format(time.DateOnly), ReplyBy: replyBy(now), Workplace: "1 Jianguo Rd Beijing",
			ContactName: "Li Na", ContactPhone: "+86 10 1234 5678",
			Documents: []documentPaper{{"passport", "Passport"}, {"diploma", "Degree certificate"}},
		},
	}
}

func wrong(now time.Time) document {
	doc := mainland(now)
	doc.Candidate.Phone, doc.Candidate.Email, doc.Candidate.Locale = "12345", "wang.xiaoming", "fr"
	doc.Interview.Score, doc.Interview.Passed = 120, false
	doc.Offer.ReplyBy = now.In(beijing()).AddDate(0, 0, -3).Format(time.RFC3339)
	doc.Offer.Workplace = "北京市朝阳区建国路一号国际财经中心大厦北座二十八层大会议室"
	doc.Offer.Documents = []documentPaper{{"id_card", "身份证"}, {"id_card", "学历证书"}}
	return doc
}
