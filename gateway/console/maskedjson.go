package console

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
)

// hiddenText stands for a text in an event that is not shown until it is asked
// for.
const hiddenText = "•••"

// plainKeys are the names of an event's fields that never hold what somebody
// wrote, nor how to reach them.
const plainKeys = " id specversion source type subject time timestamp datacontenttype dataschema sequence kind author account " +
	"medium verdict state topic outcome by agent at system differs choice reasons sha256 "

// maskedJSON is a payload with every text hidden but ids, times and codes. What
// a mapping called otherwise is hidden.
func maskedJSON(body []byte) []byte {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var out bytes.Buffer
	if err := maskValue(d, &out, ""); err != nil {
		return []byte(`"` + hiddenText + `"`)
	}
	return out.Bytes()
}

// maskValue copies the next value, in the order in which it is written.
func maskValue(d *json.Decoder, out *bytes.Buffer, key string) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	delim, compound := t.(json.Delim)
	if !compound {
		if s, text := t.(string); text && !plain(key, s) {
			t = hiddenText
		}
		return put(out, t)
	}
	out.WriteRune(rune(delim))
	for first := true; d.More(); first = false {
		if !first {
			out.WriteByte(',')
		}
		inner := key
		if delim == '{' {
			name, err := d.Token()
			if err != nil {
				return err
			}
			inner, _ = name.(string)
			if err := put(out, inner); err != nil {
				return err
			}
			out.WriteByte(':')
		}
		if err := maskValue(d, out, inner); err != nil {
			return err
		}
	}
	end, err := d.Token()
	if err != nil {
		return err
	}
	out.WriteRune(rune(end.(json.Delim)))
	return nil
}

func put(out *bytes.Buffer, v any) error {
	b, err := json.Marshal(v)
	out.Write(b)
	return err
}

// plain says whether a text may be seen: it is empty or a time, or its name
// says that it is an id or a code.
func plain(key, text string) bool {
	if text == "" || strings.Contains(plainKeys, " "+key+" ") || strings.HasSuffix(key, "_id") {
		return true
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if _, err := time.Parse(layout, text); err == nil {
			return true
		}
	}
	return false
}
