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
	value, err := plain(result, maxNesting)
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
		return nil, fmt.Errorf("the result is %d bytes long; at most %d are sent", out.Len(), maxResult)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// plain turns a result into what encoding/json writes. Fields that are
// optional and have no value are null.
func plain(v ref.Val, depth int) (any, error) {
	if depth == 0 {
		return nil, errors.New("the result is nested too deep")
	}
	switch v := v.(type) {
	case types.Null:
		return nil, nil
	case types.Bool, types.Int, types.Uint, types.Double, types.String, types.Bytes, types.Timestamp, types.Duration:
		return scalar(v)
	case *types.Optional:
		if !v.HasValue() {
			return nil, nil
		}
		return plain(v.GetValue(), depth-1)
	case traits.Mapper:
		return object(v, depth-1)
	case traits.Lister:
		return list(v, depth-1)
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
	case types.String:
		return strings.ToValidUTF8(string(v), "\uFFFD"), nil
	case types.Bytes:
		return base64.StdEncoding.EncodeToString(v), nil
	case types.Timestamp:
		return v.Time.UTC().Format(time.RFC3339Nano), nil
	case types.Duration:
		return v.Duration.String(), nil
	}
	return v.Value(), nil
}

func object(m traits.Mapper, depth int) (any, error) {
	fields := make(map[string]any)
	for it := m.Iterator(); it.HasNext() == types.True; {
		key := it.Next()
		name, ok := key.(types.String)
		if !ok {
			return nil, fmt.Errorf("the result holds an object with a key of type %s; use string(…)", key.Type().TypeName())
		}
		value, err := plain(m.Get(key), depth)
		if err != nil {
			return nil, err
		}
		fields[string(name)] = value
	}
	return fields, nil
}

func list(l traits.Lister, depth int) (any, error) {
	items := []any{}
	for it := l.Iterator(); it.HasNext() == types.True; {
		item, err := plain(it.Next(), depth)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}
