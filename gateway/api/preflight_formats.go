package api

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

var (
	typeOfReport = reflect.TypeFor[PreflightReport]()
	typeOfRow    = reflect.TypeFor[PreflightRow]()
)

// write answers with the report in a format.
func (r PreflightReport) write(c huma.Context, format string) error {
	c.SetHeader("Cache-Control", "no-store")
	switch format {
	case "ndjson":
		c.SetHeader("Content-Type", "application/x-ndjson")
		return r.lines(c.BodyWriter())
	case "csv":
		c.SetHeader("Content-Type", "text/csv; charset=utf-8; header=present")
		c.SetHeader("Content-Disposition", `attachment; filename="preflight.csv"`)
		return r.table(c.BodyWriter())
	}
	c.SetHeader("Content-Type", "application/json")
	return encode(c.BodyWriter(), r)
}

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func (r PreflightReport) lines(w io.Writer) error {
	for _, row := range r.Results {
		if err := encode(w, row); err != nil {
			return err
		}
	}
	return nil
}

// byteOrderMark tells spreadsheets that the table is in UTF-8.
const byteOrderMark = "\ufeff"

// table is one row a result, for spreadsheets.
func (r PreflightReport) table(w io.Writer) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	rows := [][]string{{
		"result_id", "candidate_id", "verdict", "why", "first_by", "first_account", "first_at", "steps", "problems",
		"billed_messages_at_most", "cost_at_most_yuan", "advice",
	}}
	for _, row := range r.Results {
		rows = append(rows, row.cells())
	}
	return out.WriteAll(rows)
}

func (r PreflightRow) cells() []string {
	cells := []string{r.ResultID, r.CandidateID, r.Verdict, r.Why, "", "", ""}
	if r.First != nil {
		cells[4], cells[5], cells[6] = r.First.By, r.First.Account, r.First.At.Format(time.RFC3339)
	}
	var steps, problems []string
	for _, s := range r.Steps {
		steps = append(steps, s.short())
	}
	for _, p := range r.Problems {
		problems = append(problems, strings.TrimSuffix(p.Field+": "+p.Detail+"; "+p.Suggestion, "; "))
	}
	cells = append(cells, strings.Join(steps, " | "), strings.Join(problems, " | "),
		strconv.Itoa(r.Parts), strconv.FormatFloat(r.Cost, 'f', 3, 64), r.Advice)
	for i := range cells {
		cells[i] = literal(cells[i])
	}
	return cells
}

// short is a step in one cell.
func (s PreflightStep) short() string {
	switch {
	case s.Refused != "":
		return s.By + ": refused, " + s.Refused
	case s.Skipped != "":
		return s.By + ": " + s.Skipped
	}
	return s.By + " " + s.At.Format(time.RFC3339)
}

// literal keeps a spreadsheet from taking a cell for a formula.
func literal(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
