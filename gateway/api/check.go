package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/mail"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"jiebao/conversations"
)

// maxBody is the size of the largest document that is read, in bytes.
const maxBody = 1 << 20

// readResult decodes and checks a posted document. If anything is wrong it
// returns one problem that names all of it: what breaks the schema, what
// breaks a rule between fields, and what the result's turn would refuse.
func (a *API) readResult(contentType string, body []byte) (Result, error) {
	if err := checkMedia(contentType); err != nil {
		return Result{}, err
	}
	if err := strictJSON(body); err != nil {
		return Result{}, badRequest("The body is not a JSON document: " + err.Error() + ".")
	}
	r, wrong := a.decodeResult(body)
	if len(wrong) > 0 {
		return Result{}, invalid(append(wrong, a.checkTurn(r, wrong)...))
	}
	return r, nil
}

// decodeResult reads a well-formed document and names every field that is
// wrong by itself or against others.
func (a *API) decodeResult(body []byte) (Result, []FieldProblem) {
	wrong := a.hold(body, a.posted)
	var r Result
	// A field of a wrong type was named by the schema; the rest is decoded.
	if err := json.Unmarshal(body, &r); err != nil && len(wrong) == 0 {
		wrong = append(wrong, undecoded(err))
	}
	r = r.withDefaults()
	for _, rule := range r.checkRules() {
		if !covered(rule.Field, wrong) {
			wrong = append(wrong, rule)
		}
	}
	return r, wrong
}

// undecoded names what fits its schema and cannot be decoded: a whole number that
// is written like 30.0.
func undecoded(err error) FieldProblem {
	var e *json.UnmarshalTypeError
	if errors.As(err, &e) {
		return FieldProblem{e.Field, "expected a whole number without point and exponent, like 30"}
	}
	return FieldProblem{"", "cannot be decoded"}
}

func checkMedia(contentType string) error {
	media, params, err := mime.ParseMediaType(contentType)
	charset := strings.ToLower(params["charset"])
	if contentType == "" || err == nil && media == "application/json" && (charset == "" || charset == "utf-8") {
		return nil
	}
	return unsupported()
}

func unsupported() *Problem {
	return &Problem{
		Type: problemURN + "unsupported-media-type", Title: "Unsupported media type", Status: http.StatusUnsupportedMediaType,
		Detail: "Send the document as application/json in UTF-8.",
	}
}

// hold holds a document against the schema that is published for it.
func (a *API) hold(body []byte, schema *huma.Schema) []FieldProblem {
	var document any
	if err := json.Unmarshal(body, &document); err != nil {
		return []FieldProblem{{"", "holds a number beyond measure"}}
	}
	found := &huma.ValidateResult{}
	schemas := a.huma.OpenAPI().Components.Schemas
	huma.Validate(schemas, schema, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, document, found)
	var wrong []FieldProblem
	for _, err := range found.Errors {
		var e *huma.ErrorDetail
		if errors.As(err, &e) {
			wrong = append(wrong, plain(e))
		}
	}
	return wrong
}

// plain names a missing field itself and not the object it is missing from,
// and drops what a parser has to say about the value.
func plain(e *huma.ErrorDetail) FieldProblem {
	var name string
	if _, err := fmt.Sscanf(e.Message, validation.MsgExpectedRequiredProperty, &name); err == nil {
		if e.Location != "" {
			name = e.Location + "." + name
		}
		return FieldProblem{name, "is missing"}
	}
	if strings.HasPrefix(e.Message, strings.TrimSuffix(validation.MsgExpectedRFC5322Email, ": %v")) {
		return FieldProblem{e.Location, notEmail}
	}
	return FieldProblem{e.Location, e.Message}
}

const notEmail = "expected an e-mail address like name@example.com"

// checkRules names the fields that break what a schema cannot say. Empty
// fields are the schema's business, and days that have passed the turn's, which
// knows a repeat of what was posted in time.
func (r Result) checkRules() []FieldProblem {
	var wrong []FieldProblem
	must := func(ok bool, field, problem string) {
		if !ok {
			wrong = append(wrong, FieldProblem{field, problem})
		}
	}
	must(r.Interview.Passed, "interview.passed", "has to be true: this version tells candidates about passed interviews only")
	c := r.Candidate
	must(c.Phone == "" || plausiblePhone(c.Phone), "candidate.phone",
		"expected a mobile number of the mainland or Hong Kong, or one with + and the country code")
	if addr, err := mail.ParseAddress(c.Email); c.Email != "" && err == nil {
		must(addr.Address == c.Email, "candidate.email", notEmail)
	}
	if c.TimeZone != "" {
		_, err := time.LoadLocation(c.TimeZone)
		must(err == nil && c.TimeZone != "Local", "candidate.time_zone", "expected an IANA time zone like Asia/Shanghai")
	}
	seen := map[any]bool{}
	for i, a := range c.Addresses {
		must(!seen[a], fmt.Sprintf("candidate.addresses[%d]", i), "is listed twice")
		seen[a] = true
	}
	for i, d := range r.Offer.Documents {
		must(d.ID == "" || !seen[d.ID], fmt.Sprintf("offer.documents[%d].id", i), "is used twice")
		seen[d.ID] = true
	}
	return wrong
}

// checkTurn asks what the turn would refuse in fields that are not named yet.
func (a *API) checkTurn(r Result, named []FieldProblem) []FieldProblem {
	var refused *conversations.InvalidError
	if a.Check == nil || !errors.As(a.Check(r.domain()), &refused) {
		return nil
	}
	var more []FieldProblem
	for _, f := range fieldProblems(refused) {
		if !covered(f.Field, named) {
			more = append(more, f)
		}
	}
	return more
}

// covered says whether the field, or an object that it belongs to, is named.
func covered(field string, named []FieldProblem) bool {
	for _, n := range named {
		rest, under := strings.CutPrefix(field, n.Field)
		if under && (rest == "" || n.Field == "" || rest[0] == '.' || rest[0] == '[') {
			return true
		}
	}
	return false
}

// plausiblePhone says whether s can be a mobile number: of the mainland, of
// Hong Kong, or of a country that it names.
func plausiblePhone(s string) bool {
	if strings.Trim(s, "+0123456789 ()-") != "" || strings.LastIndexByte(s, '+') > 0 {
		return false
	}
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
	local := conversations.NormalPhone(s)
	mainland := len(local) == 11 && local[0] == '1' && local[1] >= '3'
	hongKong := len(local) == 8 && local[0] >= '2'
	abroad := s[0] == '+' && len(digits) >= 7 && len(digits) <= 15 && digits[0] != '0' &&
		!strings.HasPrefix(digits, "86") && !strings.HasPrefix(digits, "852")
	return mainland || hongKong || abroad
}
