package app

import (
	"errors"
	"fmt"
	"time"

	"jiebao/config"
	"jiebao/config/templates"
	"jiebao/conversations"
)

// notices renders notifications from the template files.
type notices struct {
	set  *templates.Set
	bank config.Bank
	zone *time.Location
	// code makes the verification code of a message of a purpose with a link;
	// nil: messages have none.
	code func(link, purpose string) string
}

// Render implements conversations.Templates.
func (n notices) Render(q conversations.TemplateQuery) (conversations.Rendered, error) {
	out, err := n.set.Render(templates.Query{
		Purpose: q.Purpose, Channel: q.Channel, Position: q.Application.Position.Title,
		Branch: q.Branch, Locale: string(q.Candidate.Locale),
	}, n.vars(q))
	var bad *templates.FieldErrors
	switch {
	case errors.Is(err, templates.ErrNoTemplate):
		return conversations.Rendered{}, conversations.ErrNoTemplate
	case errors.As(err, &bad):
		return conversations.Rendered{}, invalid(bad)
	case err != nil:
		return conversations.Rendered{}, fmt.Errorf("rendering template %s: %w", q.Purpose, err)
	}
	rendered := conversations.Rendered{Text: out.Text}
	if len(out.Fields) > 0 || out.Title != "" {
		content := &conversations.TemplateContent{Purpose: out.Template, Title: out.Title, URL: out.URL}
		for _, f := range out.Fields {
			content.Fields = append(content.Fields, conversations.TemplateField(f))
		}
		rendered.Template = content
	}
	return rendered, nil
}

func (n notices) vars(q conversations.TemplateQuery) templates.Vars {
	offer := q.Application.Offer
	v := templates.Vars{
		Link:          q.Link,
		CandidateName: q.Candidate.Name, PositionTitle: q.Application.Position.Title,
		Bank: n.bank.Name, BranchName: n.bank.BranchName(q.Branch),
		Workplace: offer.Workplace, ContactName: offer.ContactName, ContactPhone: offer.ContactPhone,
	}
	if n.code != nil && q.Link != "" {
		v.Code = n.code(q.Link, q.Purpose)
	}
	if !offer.StartDate.IsZero() {
		v.StartDate = offer.StartDate.In(n.zone)
	}
	if !offer.ReplyBy.IsZero() {
		v.ReplyBy = offer.ReplyBy.In(n.zone)
	}
	return v
}

// invalid names the posted fields that the template cannot take, and by how
// much.
func invalid(bad *templates.FieldErrors) error {
	out := &conversations.UnfitError{InvalidError: &conversations.InvalidError{}}
	for _, e := range bad.BySource() {
		out.Fields = append(out.Fields, conversations.FieldError{Path: e.Source, Problem: e.Problem})
		out.Values = append(out.Values, conversations.UnfitValue{
			Path: e.Source, Template: bad.Template, Field: e.Field, Length: e.Length, Limit: e.Limit,
		})
	}
	return out
}
