package mapping

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// decode reads an event. Whole numbers stay whole.
func decode(event []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(event))
	d.UseNumber()
	var fields map[string]any
	if err := d.Decode(&fields); err != nil || fields == nil {
		return nil, errors.New("the event is not a JSON object")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("the event is more than one JSON object")
	}
	whole(fields)
	return fields, nil
}

// whole replaces the numbers in v.
func whole(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, field := range v {
			v[key] = whole(field)
		}
	case []any:
		for i, item := range v {
			v[i] = whole(item)
		}
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return i
		}
		f, _ := v.Float64()
		return f
	}
	return v
}

// maxNesting is how deep a result may be nested.
const maxNesting = 64

func encode(result ref.Val) ([]byte, error) {
	r := &reader{left: maxResult}
	value, err := r.plain(result, maxNesting)
	if err != nil {
		return nil, err
	}
	if value == nil {
		return nil, errors.New("the result is null; use the filter to leave events out")
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return nil, err
	}
	if out.Len() > maxResult {
		return nil, errTooLong
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

var errTooLong = fmt.Errorf("the result is longer than %d bytes of JSON", maxResult)

// reader turns a result into what encoding/json writes. It counts what that
// comes to at least: a few steps can make a value that holds another a million
// times, which is small until it is written.
type reader struct{ left int }

func (r *reader) count(bytes int) error {
	if r.left -= bytes; r.left < 0 {
		return errTooLong
	}
	return nil
}

// plain makes null of optional fields without a value.
func (r *reader) plain(v ref.Val, depth int) (any, error) {
	if depth == 0 {
		return nil, errors.New("the result is nested too deep")
	}
	if err := r.count(1); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case types.Null:
		return nil, nil
	case types.String:
		return strings.ToValidUTF8(string(v), "\uFFFD"), r.count(len(v))
	case types.Bytes:
		return base64.StdEncoding.EncodeToString(v), r.count(len(v))
	case types.Bool, types.Int, types.Uint, types.Double, types.Timestamp, types.Duration:
		return scalar(v)
	case *types.Optional:
		if !v.HasValue() {
			return nil, nil
		}
		return r.plain(v.GetValue(), depth-1)
	case traits.Mapper:
		return r.object(v, depth-1)
	case traits.Lister:
		return r.list(v, depth-1)
	}
	return nil, fmt.Errorf("the result holds a value of type %s, which JSON cannot say", v.Type().TypeName())
}

func scalar(v ref.Val) (any, error) {
	switch v := v.(type) {
	case types.Double:
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, errors.New("the result holds a number that JSON cannot say")
		}
		return float64(v), nil
	case types.Timestamp:
		return v.Time.UTC().Format(time.RFC3339Nano), nil
	case types.Duration:
		return v.Duration.String(), nil
	}
	return v.Value(), nil
}

func (r *reader) object(m traits.Mapper, depth int) (any, error) {
	fields := make(map[string]any)
	for it := m.Iterator(); it.HasNext() == types.True; {
		key := it.Next()
		name, ok := key.(types.String)
		if !ok {
			return nil, fmt.Errorf("the result holds an object with a key of type %s; use string(…)", key.Type().TypeName())
		}
		value, err := r.plain(m.Get(key), depth)
		if err != nil {
			return nil, err
		}
		if err := r.count(len(name)); err != nil {
			return nil, err
		}
		fields[string(name)] = value
	}
	return fields, nil
}

func (r *reader) list(l traits.Lister, depth int) (any, error) {
	items := []any{}
	for it := l.Iterator(); it.HasNext() == types.True; {
		item, err := r.plain(it.Next(), depth)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}
