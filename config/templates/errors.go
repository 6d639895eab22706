package templates

import (
	"fmt"
	"strings"
)

// Reason is why a platform would not take a value.
type Reason int

const (
	// Empty: a variable that is needed has no value.
	Empty Reason = iota + 1
	// TooLong: more characters than the platform takes.
	TooLong
	// Newline: a line break or another control character.
	Newline
	// Emoji: an emoji or pictograph.
	Emoji
	// BadCharacters: a character that this kind of field does not take.
	BadCharacters
	// BadFormat: not in the form of this kind, such as a date.
	BadFormat
	// Broken: the template itself failed.
	Broken
)

// FieldError is one value that the platform would not take. It never holds
// the value, which is personal data.
type FieldError struct {
	Field  string // as the platform names it; or text, or url
	Reason Reason
	// Length and Limit count characters; only for TooLong.
	Length, Limit int
	// Takes says what the kind takes; only for BadCharacters and BadFormat.
	Takes string
	// Variables are those of [Vars] that the value is made from, or, for
	// Empty, those that lack one.
	Variables []string
}

func (e FieldError) problem() string {
	switch e.Reason {
	case Empty:
		return "is empty, and is needed"
	case TooLong:
		return fmt.Sprintf("gives %d characters, the platform takes %d", e.Length, e.Limit)
	case Newline:
		return "has a line break or control character"
	case Emoji:
		return "has an emoji or pictograph, which the platform does not take"
	case BadCharacters, BadFormat:
		return "does not fit: the platform takes " + e.Takes
	default:
		return "cannot be filled into the template"
	}
}

func (e FieldError) Error() string {
	if len(e.Variables) == 0 {
		return e.Field + " " + e.problem()
	}
	return fmt.Sprintf("%s (of %s) %s", e.Field, strings.Join(e.Variables, ", "), e.problem())
}

// FieldErrors are all the values of one template that the platform would not take.
type FieldErrors struct {
	Template string // the file
	channel  string
	Errors   []FieldError
}

func (e *FieldErrors) add(err FieldError) { e.Errors = append(e.Errors, err) }

func (e *FieldErrors) Error() string {
	texts := make([]string, len(e.Errors))
	for i, err := range e.Errors {
		texts[i] = err.Error()
	}
	return fmt.Sprintf("template %s: %s", e.Template, strings.Join(texts, "; "))
}

// SourceError tells the sender of a result which of its fields is wrong.
type SourceError struct {
	// Source is the path in the posted result, such as offer.workplace. It is
	// empty where the result is not to blame: the words or the configuration are.
	Source  string
	Problem string
	Field   string // as the platform names it
	// Length and Limit count characters; zero unless the value is too long.
	Length, Limit int
}

// BySource turns the errors into those of the posted result: one for each
// source and problem, in the order of the fields.
func (e *FieldErrors) BySource() []SourceError {
	var all []SourceError
	seen := map[SourceError]bool{}
	add := func(source string, err FieldError) {
		problem := fmt.Sprintf("%s (field %s of message template %s)", err.problem(), err.Field, e.Template)
		s := SourceError{source, problem, err.Field, err.Length, err.Limit}
		if !seen[s] {
			seen[s] = true
			all = append(all, s)
		}
	}
	for _, err := range e.Errors {
		blamed := false
		for _, variable := range err.Variables {
			if source := sourceOf(variable); source != "" {
				add(source, err)
				blamed = true
			}
		}
		if !blamed {
			add("", err)
		}
	}
	return all
}
