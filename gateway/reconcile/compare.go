package reconcile

import (
	"slices"
	"strings"

	"jiebao/conversations"
)

// Past is how an offer stood after the last event that another system knows.
type Past struct {
	conversations.Stand
	Dated bool // the start date of that time is known
}

// Compare says how a belief and what there is to know of the candidate, nil if
// Jiebao does not know them, agree. Past is asked for only where NeedsPast
// says so.
func Compare(b conversations.Belief, d *conversations.Digest, past *Past) (how conversations.Disagreement, differs []string) {
	switch {
	case d == nil:
		return conversations.UnknownToUs, nil
	case b.Sequence > d.Sequence:
		return conversations.AheadOfUs, nil
	case b.Sequence == d.Sequence:
		if differs = contradicts(b, d); len(differs) > 0 {
			return conversations.InConflict, differs
		}
		return conversations.Agreement, nil
	}
	if differs = changed(b, d, past); len(differs) > 0 {
		return conversations.InConflict, differs
	}
	return conversations.BehindUs, nil
}

// NeedsPast says whether a belief that lacks events says something that it may
// have from nobody but itself.
func NeedsPast(b conversations.Belief, d *conversations.Digest) bool {
	return d != nil && b.Sequence < d.Sequence && len(contradicts(b, d)) > 0
}

// contradicts names what a belief says otherwise than what holds now.
func contradicts(b conversations.Belief, d *conversations.Digest) (parts []string) {
	if b.StartDate != nil && !sameDate(*b.StartDate, d.Stand) {
		parts = append(parts, conversations.PartStartDate)
	}
	if b.Answer != nil && *b.Answer != d.Answer {
		parts = append(parts, conversations.PartAnswer)
	}
	if b.Documents != nil && !(holds(b, d) && complete(b, d)) {
		parts = append(parts, conversations.PartDocuments)
	}
	return parts
}

// changed names what a belief that lacks events says otherwise than what holds
// now and than what held when it took its last event: both sides changed it.
func changed(b conversations.Belief, d *conversations.Digest, past *Past) (parts []string) {
	for _, part := range contradicts(b, d) {
		switch part {
		case conversations.PartStartDate:
			if past == nil || !past.Dated || sameDate(*b.StartDate, past.Stand) {
				continue
			}
		case conversations.PartAnswer:
			if past == nil || *b.Answer == past.Answer {
				continue
			}
		case conversations.PartDocuments:
			if holds(b, d) || past == nil || known(b.Documents, past.Documents, d.Former) {
				continue
			}
		}
		parts = append(parts, part)
	}
	return parts
}

// sameDate says whether a date is the one that holds. No date is the same as
// one that was offered and not agreed on.
func sameDate(date conversations.Date, s conversations.Stand) bool {
	return date == s.StartDate() || date.IsZero() && s.Agreed.IsZero()
}

// holds says whether there is every document that the belief names, with what
// it says of it.
func holds(b conversations.Belief, d *conversations.Digest) bool {
	return known(b.Documents, d.Documents, d.Former)
}

func known(believed []conversations.DigestDocument, all ...[]conversations.DigestDocument) bool {
	for _, doc := range believed {
		if !slices.ContainsFunc(all, func(some []conversations.DigestDocument) bool {
			return slices.ContainsFunc(some, func(is conversations.DigestDocument) bool { return sameDocument(doc, is) })
		}) {
			return false
		}
	}
	return true
}

// complete says whether the belief names every document of the result. Those
// that were rejected it may have thrown away.
func complete(b conversations.Belief, d *conversations.Digest) bool {
	for _, is := range d.Documents {
		if is.State != conversations.DocumentRejected &&
			!slices.ContainsFunc(b.Documents, func(doc conversations.DigestDocument) bool { return doc.ID == is.ID }) {
			return false
		}
	}
	return true
}

// sameDocument compares what the belief says of a document.
func sameDocument(believed, is conversations.DigestDocument) bool {
	return believed.ID == is.ID &&
		(believed.SHA256 == "" || strings.EqualFold(believed.SHA256, is.SHA256)) &&
		(believed.Item == "" || believed.Item == is.Item) &&
		(believed.State == "" || believed.State == is.State)
}
