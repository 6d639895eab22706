package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxDepth is how deep a document may be nested; results need four levels.
const maxDepth = 32

// strictJSON checks that body is one JSON document that means the same to
// everybody who reads it: in UTF-8, without a name that occurs twice in an
// object, and with nothing after its end. Errors do not repeat values.
func strictJSON(body []byte) error {
	if !utf8.Valid(body) {
		return errors.New("it is not in UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := walk(d, 0); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows its end")
	}
	return nil
}

// walk reads one value.
func walk(d *json.Decoder, depth int) error {
	token, err := next(d)
	if err != nil {
		return err
	}
	open, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	if depth == maxDepth {
		return fmt.Errorf("it is nested deeper than %d levels", maxDepth)
	}
	names := map[string]bool{}
	for d.More() {
		if open == '{' {
			name, err := next(d)
			if err != nil {
				return err
			}
			folded := fold(name.(string))
			if names[folded] {
				return fmt.Errorf("a name occurs twice in one object, before byte %d", d.InputOffset())
			}
			names[folded] = true
		}
		if err := walk(d, depth+1); err != nil {
			return err
		}
	}
	_, err = next(d)
	return err
}

func next(d *json.Decoder) (json.Token, error) {
	token, err := d.Token()
	if err != nil {
		return nil, fmt.Errorf("it is not well-formed after byte %d", d.InputOffset())
	}
	return token, nil
}

// fold maps names that the decoder takes for the same onto one: it does not
// regard case.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		for {
			next := unicode.SimpleFold(r)
			if next <= r {
				return next
			}
			r = next
		}
	}, name)
}
