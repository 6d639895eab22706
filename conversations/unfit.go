package conversations

import (
	"errors"
	"slices"
	"time"
)

// UnfitError is an *InvalidError of values that templates would not take, and
// says of each by how much.
type UnfitError struct {
	*InvalidError
	Values []UnfitValue
}

// UnfitValue is one value that a platform would not take.
type UnfitValue struct {
	Path          string // the field of the posted result that it comes from, "" if it comes from elsewhere
	Template      string // the template's file
	Field         string // as the platform names it
	Length, Limit int    // in characters; zero unless it is too long
}

// Unwrap returns the wrong fields.
func (e *UnfitError) Unwrap() error { return e.InvalidError }

// unfit collects what several templates would not take.
type unfit struct {
	fields InvalidError
	values []UnfitValue
}

// join takes in what an error says of fields, and says whether it did.
func (u *unfit) join(err error) bool {
	var wrong *InvalidError
	if !errors.As(err, &wrong) {
		return false
	}
	u.fields.add(wrong.Fields...)
	var values *UnfitError
	if errors.As(err, &values) {
		for _, v := range values.Values {
			if !slices.Contains(u.values, v) {
				u.values = append(u.values, v)
			}
		}
	}
	return true
}

// passed adds the days of an offer that have passed; those that are not given
// have not.
func (u *unfit) passed(o Offer, now time.Time) {
	if !o.StartDate.IsZero() && o.StartDate.Before(DateOf(now)) {
		u.fields.add(FieldError{"offer.start_date", "is in the past"})
	}
	if !o.ReplyBy.IsZero() && !o.ReplyBy.After(now) {
		u.fields.add(FieldError{"offer.reply_by", "has passed already"})
	}
}

// err is what was collected, nil if nothing was.
func (u *unfit) err() error {
	switch {
	case len(u.fields.Fields) == 0:
		return nil
	case len(u.values) == 0:
		return &u.fields
	}
	return &UnfitError{&u.fields, u.values}
}
