package conversations

import "log/slog"

// Locale is the language a candidate is spoken to in.
type Locale string

// The locales everything said to candidates and HR is complete in.
const (
	Chinese     Locale = "zh-CN"
	Traditional Locale = "zh-HK"
	English     Locale = "en"
)

// Candidate is the person the bank wants to hire, as the EHR knows them. The
// zero Candidate is a follower nobody has recognised yet.
type Candidate struct {
	ID     string `json:"id"` // the EHR's id
	Name   string `json:"name"`
	Phone  string `json:"phone,omitempty"`
	Email  string `json:"email,omitempty"`
	Locale Locale `json:"locale,omitempty"`
	// TimeZone is where the candidate lives, as an IANA name; "" means where
	// the bank is.
	TimeZone string `json:"time_zone,omitempty"`
	// Preferred is the medium, or the account, that they would rather be
	// written to by.
	Preferred string `json:"preferred_channel,omitempty"`
}

// Known says whether the EHR knows this person.
func (c Candidate) Known() bool { return c.ID != "" }

// LogValue keeps personal data out of logs: only the EHR's id is shown.
func (c Candidate) LogValue() slog.Value { return slog.StringValue(c.ID) }
