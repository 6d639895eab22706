package understand

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"jiebao/bot/nlu"
)

// request is a line of JSON. Keys it does not know do no harm.
type request struct {
	Text    *string `json:"text"`
	Now     string  `json:"now"`
	Offered string  `json:"offered"`
}

// answer is a line of the output: a reading, or what is wrong with the line.
type answer struct {
	Intents   []nlu.Intent  `json:"intents,omitempty"`
	Date      *nlu.DateExpr `json:"date,omitempty"`
	Ambiguous *bool         `json:"ambiguous,omitempty"`
	Evidence  []string      `json:"evidence,omitempty"`
	Error     string        `json:"error,omitempty"`
}

// answer reads line n. What it says of a broken one never repeats its words.
func (o Options) answer(n int, line []byte) answer {
	in, err := o.input(line)
	if err != nil {
		return answer{Error: fmt.Sprintf("line %d: %v", n, err)}
	}
	r := o.Understander.Understand(in)
	a := answer{Intents: r.Intents, Date: &r.Date}
	if o.Explain {
		a.Ambiguous, a.Evidence = &r.Ambiguous, r.Evidence
	}
	return a
}

// input takes a line that begins like a JSON object for one, and any other
// for the words themselves.
func (o Options) input(line []byte) (nlu.Input, error) {
	if !bytes.HasPrefix(bytes.TrimLeft(line, " \t"), []byte("{")) {
		return nlu.Input{Text: string(line), Now: o.now(), Offered: o.Offered}, nil
	}
	var req request
	if err := json.Unmarshal(line, &req); err != nil {
		if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
			err = fmt.Errorf("%q has to be a string", wrong.Field)
		}
		return nlu.Input{}, fmt.Errorf("reading the JSON: %w", err)
	}
	if req.Text == nil {
		return nlu.Input{}, errors.New(`"text" is missing`)
	}
	in := nlu.Input{Text: *req.Text, Now: o.now(), Offered: o.Offered}
	var err error
	if req.Now != "" {
		if in.Now, err = ParseTime(req.Now); err != nil {
			return nlu.Input{}, fmt.Errorf(`"now": %w`, err)
		}
	}
	if req.Offered != "" {
		if in.Offered, err = nlu.ParseDate(req.Offered); err != nil {
			return nlu.Input{}, fmt.Errorf(`"offered": %w`, err)
		}
	}
	return in, nil
}

func (o Options) now() time.Time { return o.Now().In(Zone()) }

// Zone is where "today" is decided: mainland China and Hong Kong share their
// time, and know no summer time.
func Zone() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

// ParseTime reads a point in time: with an offset (RFC 3339), or without one
// and then in Zone, with or without the time of day.
func ParseTime(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.In(Zone()), nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, Zone()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errors.New("it should look like 2026-06-24T14:05:00+08:00 or 2026-06-24T14:05")
}
