package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"jiebao/channels"
)

// JSON writes the report for programs: whether nothing failed, and the
// findings.
func (r Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		OK bool `json:"ok"`
		Report
	}{r.Count(channels.Bad) == 0, r})
}

// marks are what people see of a state, and its colour in a terminal.
var marks = map[channels.State]struct{ sign, colour string }{
	channels.Good: {"ok", "32"}, channels.Doubtful: {"WARN", "33"}, channels.Bad: {"FAIL", "31"}, channels.Unchecked: {"-", "90"},
}

// Text writes the report for people: whose, what was found, and what to do,
// and the sum at the end.
func (r Report) Text(w io.Writer, colour bool) error {
	var b strings.Builder
	subject, width := "", r.width()
	for _, f := range r.Findings {
		if f.Subject != subject {
			subject = f.Subject
			fmt.Fprintf(&b, "\n%s\n", subject)
		}
		mark := marks[f.State]
		sign := fmt.Sprintf("%-4s", mark.sign)
		if colour {
			sign = "\x1b[" + mark.colour + "m" + sign + "\x1b[0m"
		}
		fmt.Fprintf(&b, "  %s  %-*s  %s\n", sign, width, f.About, f.Text)
		if f.Do != "" {
			fmt.Fprintf(&b, "  %s  %s  → %s\n", "    ", strings.Repeat(" ", width), f.Do)
		}
	}
	fmt.Fprintf(&b, "\n%s\n", r.sum())
	_, err := io.WriteString(w, strings.TrimPrefix(b.String(), "\n"))
	return err
}

// width is that of the longest name.
func (r Report) width() int {
	width := 0
	for _, f := range r.Findings {
		width = max(width, len(f.About))
	}
	return width
}

func (r Report) sum() string {
	bad, doubtful := r.Count(channels.Bad), r.Count(channels.Doubtful)
	if bad == 0 && doubtful == 0 {
		return fmt.Sprintf("Everything works: %d things were looked at.", len(r.Findings))
	}
	if bad == 0 {
		return fmt.Sprintf("%d things were looked at: nothing is broken, and %s.", len(r.Findings), counted(doubtful, "wants a look", "want a look"))
	}
	return fmt.Sprintf("%d things were looked at: %s, and %s.", len(r.Findings), counted(bad, "does not work", "do not work"), counted(doubtful, "wants a look", "want a look"))
}

func counted(n int, one, many string) string {
	switch n {
	case 0:
		return "none " + many
	case 1:
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
