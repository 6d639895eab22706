package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/conversations"
)

// Result is a passed AI interview as the EHR posts it. The digest of its
// JSON tells a repeat from a conflict, so fields that are added later must be
// omitted when they are empty.
type Result struct {
	ID        reference `json:"id" doc:"The EHR's id of the result. Posting the same document again under it changes nothing; another document is a conflict." example:"R-2026-000815"`
	Branch    branch    `json:"branch" doc:"The branch that hires, from the head office down. It has to lie in the branch of the API key." example:"head/beijing/chaoyang"`
	Candidate Candidate `json:"candidate" doc:"Whom the result is about."`
	Position  Position  `json:"position" doc:"The job."`
	Interview Interview `json:"interview" doc:"The AI interview's outcome."`
	Offer     Offer     `json:"offer" doc:"What the candidate is asked to accept."`
	Urgency   string    `json:"urgency,omitempty" enum:"normal,urgent" default:"normal" doc:"How much of a hurry the notification is in. It chooses the steps of the plan and, by the bank's policy, whether quiet hours hold." example:"normal"`
}

// Candidate is the person whom a posted result is about.
type Candidate struct {
	ID        reference `json:"id" doc:"The EHR's id of the candidate. All results of one candidate are one conversation." example:"C-2026-000815"`
	Name      line      `json:"name" maxLength:"64" doc:"Full name, as the candidate is addressed." example:"王小明"`
	Phone     string    `json:"phone,omitempty" maxLength:"24" doc:"Mobile number: of the mainland, of Hong Kong, or with + and the country code. A candidate without a known address is recognised by name, phone and a one-time code." example:"13800138000"`
	Email     string    `json:"email,omitempty" format:"email" maxLength:"254" doc:"E-mail address." example:"wang.xiaoming@example.com"`
	Locale    string    `json:"locale,omitempty" enum:"zh-CN,zh-HK,en" default:"zh-CN" doc:"The language to speak to the candidate in, until they choose another." example:"zh-CN"`
	TimeZone  string    `json:"time_zone,omitempty" maxLength:"64" doc:"Where the candidate lives, as an IANA time zone: quiet hours are those of the night there. Without it, the bank's." example:"Asia/Shanghai"`
	Preferred string    `json:"preferred_channel,omitempty" maxLength:"64" doc:"By what the candidate would rather be written to: chat, push, sms, email, or an account's id. The candidate and HR may choose otherwise later." example:"sms"`
	Addresses []Address `json:"addresses,omitempty" nullable:"false" maxItems:"10" doc:"Where the EHR already knows the candidate. Without any, the result waits until the candidate scans the invitation's QR code or proves who they are."`
}

// Address is a candidate on one platform account.
type Address struct {
	Account reference `json:"account" doc:"The account's id in Jiebao's configuration." example:"beijing"`
	ID      line      `json:"id" maxLength:"128" doc:"The candidate's id there, such as the openid." example:"oABCD1234567890abcdefghijklmn"`
}

// Position is the job that a result is about.
type Position struct {
	ID    reference `json:"id,omitempty" doc:"The EHR's id of the position. It chooses the message's template." example:"teller"`
	Title line      `json:"title" maxLength:"100" doc:"What the position is called, as told to the candidate." example:"综合柜员"`
}

// Interview is the outcome of an AI interview.
type Interview struct {
	Score      float64 `json:"score" minimum:"0" maximum:"100" doc:"0 to 100." example:"86.5"`
	Passed     bool    `json:"passed" doc:"Has to be true: candidates are told of passed interviews only." example:"true"`
	Highlights []line  `json:"highlights,omitempty" nullable:"false" maxItems:"10" maxLength:"200" doc:"What the candidate did well, in words they may read."`
}

// Offer is what a candidate is asked to accept.
type Offer struct {
	StartDate    string     `json:"start_date" format:"date" doc:"The first working day; not in the past." example:"2026-07-06"`
	ReplyBy      string     `json:"reply_by,omitempty" format:"date-time" doc:"Until when an answer is expected, with a time zone; not in the past." example:"2026-06-30T18:00:00+08:00"`
	Workplace    line       `json:"workplace" maxLength:"200" doc:"Where to work and to report on the first day." example:"北京市朝阳区建国路1号"`
	ContactName  line       `json:"contact_name" maxLength:"64" doc:"Whom the candidate can ask." example:"李娜"`
	ContactPhone telephone  `json:"contact_phone" doc:"The contact's telephone number, with an extension if need be." example:"010-12345678"`
	Documents    []Document `json:"documents,omitempty" nullable:"false" maxItems:"30" doc:"What the candidate has to hand in: the checklist. Ids are unique."`
	NoticeDays   int        `json:"notice_days,omitempty" minimum:"0" maximum:"365" doc:"Days of notice that the candidate owes a present employer, so that no start date before is agreed on. 0: none." example:"30"`
	Medical      string     `json:"medical_valid_until,omitempty" format:"date" doc:"The last day that the candidate's medical report is good for." example:"2026-09-30"`
}

// Document is one line of the checklist of an offer.
type Document struct {
	ID   reference `json:"id" doc:"The EHR's id of the document." example:"id_card"`
	Name line      `json:"name" maxLength:"100" doc:"What it is called, as told to the candidate." example:"身份证正反面"`
}

// The kinds of strings that fields are made of, with their schemas.
type (
	reference string // an id, safe in an address
	branch    string // a branch path
	line      string // words on one line
	telephone string // a telephone number with an extension
)

func pattern(re, means string, maxLength int) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: re, PatternDescription: means, MaxLength: &maxLength}
}

// Schema describes ids.
func (reference) Schema(huma.Registry) *huma.Schema {
	return pattern(`^[A-Za-z0-9][A-Za-z0-9._:~-]*$`, "an id of letters, digits and . _ : ~ -", 64)
}

// Schema describes branch paths, as conversations.ValidBranch does.
func (branch) Schema(huma.Registry) *huma.Schema {
	return pattern(`^[a-z0-9_-]+(/[a-z0-9_-]+)*$`, "a branch path like head/beijing, in lower case", 200)
}

// Schema describes words without line breaks and other control characters, of
// which something can be seen: more than spaces, of no width too.
func (line) Schema(huma.Registry) *huma.Schema {
	return pattern(`^[^\p{Cc}\p{Zl}\p{Zp}]*[^\p{Cc}\p{Cf}\p{Z}][^\p{Cc}\p{Zl}\p{Zp}]*$`, "words on one line", 1000)
}

// Schema describes telephone numbers, of offices too.
func (telephone) Schema(huma.Registry) *huma.Schema {
	return pattern(`^\+?[0-9(][0-9 ()-]{3,22}[0-9]( ?(转|ext\.?|x|#) ?[0-9]{1,6})?$`, "a telephone number", 40)
}

// withDefaults is r as it is kept.
func (r Result) withDefaults() Result {
	if r.Candidate.Locale == "" {
		r.Candidate.Locale = string(conversations.Chinese)
	}
	if r.Urgency == "normal" {
		r.Urgency = ""
	}
	return r
}

// digest is the same for the same content, whatever the order of keys, the
// white space and the way numbers and characters are written.
func (r Result) digest() (string, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// domain is r in the core's terms. It reads what it can: fields that cannot
// be read, which the checks have named, stay empty.
func (r Result) domain() conversations.Result {
	out := conversations.Result{
		ID:      string(r.ID),
		Branch:  string(r.Branch),
		Urgency: conversations.Urgency(r.Urgency),
		Candidate: conversations.Candidate{
			ID: string(r.Candidate.ID), Name: string(r.Candidate.Name), Phone: r.Candidate.Phone,
			Email: r.Candidate.Email, Locale: conversations.Locale(r.Candidate.Locale),
			TimeZone: r.Candidate.TimeZone, Preferred: r.Candidate.Preferred,
		},
		Position:  conversations.Position{ID: string(r.Position.ID), Title: string(r.Position.Title)},
		Interview: conversations.Interview{Score: r.Interview.Score, Passed: r.Interview.Passed},
		Offer: conversations.Offer{
			Workplace: string(r.Offer.Workplace), ContactName: string(r.Offer.ContactName), ContactPhone: string(r.Offer.ContactPhone),
		},
	}
	out.Offer.StartDate, _ = conversations.ParseDate(r.Offer.StartDate)
	out.Offer.NoticeDays = r.Offer.NoticeDays
	out.Offer.MedicalValidUntil, _ = conversations.ParseDate(r.Offer.Medical)
	out.Offer.ReplyBy, _ = time.Parse(time.RFC3339, r.Offer.ReplyBy)
	for _, a := range r.Candidate.Addresses {
		out.Addresses = append(out.Addresses, conversations.Address{Account: string(a.Account), ID: string(a.ID)})
	}
	for _, h := range r.Interview.Highlights {
		out.Interview.Highlights = append(out.Interview.Highlights, string(h))
	}
	for _, d := range r.Offer.Documents {
		out.Offer.Documents = append(out.Offer.Documents, conversations.RequiredDocument{ID: string(d.ID), Name: string(d.Name)})
	}
	return out
}
