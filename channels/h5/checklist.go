package h5

import (
	"slices"

	"jiebao/conversations"
)

// checklist is the page that takes files.
type checklist struct {
	Name     string
	Position string
	Items    []item
	Done     int
	Missing  []string // names
	Closed   bool     // nothing is wanted of this candidate
	Outcomes []outcome
	Kept     bool // something was kept just now
}

// item is one line of the checklist. Its state is told by a word and a shape
// besides its colour.
type item struct {
	ID, Name string
	State    string // missing, received, accepted or rejected
	Reason   string // words, of a rejection
	Open     bool   // its form is shown
}

func (v *visit) showChecklist(status int, outcomes []outcome) {
	v.render(status, "checklist", v.checklist(outcomes))
}

func (v *visit) checklist(outcomes []outcome) checklist {
	page := checklist{Name: v.conv.Candidate.Name, Outcomes: outcomes}
	page.Kept = slices.ContainsFunc(outcomes, func(o outcome) bool { return o.Kept })
	app := v.conv.Application()
	if app == nil || app.Answer.Over() {
		page.Closed = true
		return page
	}
	page.Position = app.Position.Title
	for _, it := range app.Checklist {
		if it.ID == "" {
			continue
		}
		line := v.item(it)
		if it.Missing() {
			page.Missing = append(page.Missing, it.Name)
		} else {
			page.Done++
		}
		page.Items = append(page.Items, line)
	}
	page.open(v.link.Item)
	return page
}

// item reads the best that came in for an item of the checklist.
func (v *visit) item(it conversations.ChecklistItem) item {
	line := item{ID: it.ID, Name: it.Name, State: "missing"}
	for _, d := range it.Documents {
		switch d.State {
		case conversations.DocumentAccepted:
			line.State, line.Reason = "accepted", ""
			return line
		case conversations.DocumentReceived, conversations.DocumentFetching:
			line.State, line.Reason = "received", ""
		case conversations.DocumentRejected:
			if line.State != "received" && d.Reason != conversations.Duplicate {
				line.State, line.Reason = "rejected", v.reason(d.Reason)
			}
		}
	}
	return line
}

// reason is a check's reason in our words, and HR's in its own.
func (v *visit) reason(reason string) string {
	switch reason {
	case "too_large", "wrong_type", "unreadable", "encrypted", "too_many_pages", conversations.Infected, "expired":
		return v.refusal(reason)
	}
	return reason
}

// open shows the form of the item that the link is for, or else of the first
// that is missing.
func (c *checklist) open(wanted string) {
	i := slices.IndexFunc(c.Items, func(it item) bool { return it.ID == wanted && wanted != "" })
	if i < 0 || c.Items[i].State == "received" || c.Items[i].State == "accepted" {
		i = slices.IndexFunc(c.Items, func(it item) bool { return it.State == "missing" || it.State == "rejected" })
	}
	if i >= 0 {
		c.Items[i].Open = true
	}
}
