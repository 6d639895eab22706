package conversations

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Canned is a reply that leads keep ready for the agents of their branches.
// What stands in braces in its text, such as {name}, is filled in from the
// conversation that it is used in.
type Canned struct {
	ID      string    `json:"id"`
	Version int64     `json:"version"` // counts from 1
	Branch  string    `json:"branch"`  // of the candidates it may be said to; "" for all
	Locale  Locale    `json:"locale"`  // that it is written in
	Name    string    `json:"name"`    // by which agents find it
	Text    string    `json:"text"`
	By      string    `json:"by"` // the agent who wrote this version
	At      time.Time `json:"at"`
}

// The variables of canned replies.
const (
	CannedName         = "name"          // the candidate's
	CannedPosition     = "position"      // its title
	CannedBranch       = "branch"        // as people call it
	CannedStartDate    = "start_date"    // agreed on, or else offered
	CannedReplyBy      = "reply_by"      // while an answer is due
	CannedWorkplace    = "workplace"     // of the offer
	CannedContactName  = "contact_name"  // of the offer
	CannedContactPhone = "contact_phone" // of the offer
	CannedMissing      = "missing"       // the documents that are
	CannedAgent        = "agent"         // who writes
)

// CannedVariables are all of them.
func CannedVariables() []string {
	return []string{
		CannedName, CannedPosition, CannedBranch, CannedStartDate, CannedReplyBy, CannedWorkplace,
		CannedContactName, CannedContactPhone, CannedMissing, CannedAgent,
	}
}

// The longest name and text of a canned reply, in characters.
const (
	MaxCannedName = 40
	MaxCannedText = 1000
)

var variable = regexp.MustCompile(`\{([^{}\s]*)\}`)

// Check names, as *InvalidError, what is wrong with the reply.
func (c Canned) Check() error {
	var bad InvalidError
	if n := utf8.RuneCountInString(strings.TrimSpace(c.Name)); n == 0 || n > MaxCannedName || strings.ContainsAny(c.Name, "\n\r") {
		bad.add(FieldError{"name", fmt.Sprintf("must have 1 to %d characters in one line", MaxCannedName)})
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(c.Text)); n == 0 || n > MaxCannedText {
		bad.add(FieldError{"text", fmt.Sprintf("must have 1 to %d characters", MaxCannedText)})
	}
	for _, m := range variable.FindAllStringSubmatch(c.Text, -1) {
		if !slices.Contains(CannedVariables(), m[1]) {
			bad.add(FieldError{"text", "names {" + m[1] + "}, which is no variable"})
		}
	}
	if c.Branch != "" && !ValidBranch(c.Branch) {
		bad.add(FieldError{"branch", "is not a branch"})
	}
	if len(bad.Fields) > 0 {
		return &bad
	}
	return nil
}

// Unknown are the names in braces that are no variables.
func (c Canned) Unknown() (names []string) {
	for _, m := range variable.FindAllStringSubmatch(c.Text, -1) {
		if !slices.Contains(CannedVariables(), m[1]) && !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}

// EmptyError names the variables of a canned reply that have no value in a
// conversation.
type EmptyError struct{ Variables []string }

func (e *EmptyError) Error() string {
	return "nothing is known for {" + strings.Join(e.Variables, "}, {") + "}"
}

// Fill puts values in the place of the variables. It ends with *EmptyError if
// one has none: half a sentence is never offered.
func (c Canned) Fill(value func(variable string) string) (string, error) {
	var empty []string
	text := variable.ReplaceAllStringFunc(c.Text, func(m string) string {
		name := m[1 : len(m)-1]
		v := value(name)
		if v == "" && !slices.Contains(empty, name) {
			empty = append(empty, name)
		}
		return v
	})
	if len(empty) > 0 {
		return "", &EmptyError{empty}
	}
	return text, nil
}
