package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
)

// unknownKeys names every key that Config has no field for, and every value
// that has keys, or entries, where the field has the other or none.
func unknownKeys(settings map[string]any) Problems {
	return strictly("", settings, reflect.TypeFor[Config]())
}

func strictly(key string, value any, t reflect.Type) Problems {
	if t.Kind() == reflect.Pointer { // a section that need not be there
		t = t.Elem()
	}
	switch v := value.(type) {
	case map[string]any:
		return strictMap(key, v, t)
	case []any:
		if t.Kind() != reflect.Slice {
			return nil // decode reports it
		}
		var all Problems
		for i, entry := range v {
			all = append(all, strictly(fmt.Sprintf("%s[%d]", key, i), entry, t.Elem())...)
		}
		return all
	}
	return nil
}

func strictMap(key string, settings map[string]any, t reflect.Type) Problems {
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[Secret]() {
		return nil // decode reports it
	}
	var all Problems
	known := fieldTypes(t)
	for name, value := range settings {
		at := strings.TrimPrefix(key+"."+name, ".")
		if field, ok := known[name]; ok {
			all = append(all, strictly(at, value, field)...)
			continue
		}
		names := make([]string, 0, len(known))
		for name := range known {
			names = append(names, name)
		}
		slices.Sort(names)
		all = append(all, Problem{Key: at, Problem: "is unknown; known here: " + strings.Join(names, ", ")})
	}
	return all
}

func fieldTypes(t reflect.Type) map[string]reflect.Type {
	types := make(map[string]reflect.Type, t.NumField())
	for field := range t.Fields() {
		if name := field.Tag.Get("koanf"); name != "" {
			types[name] = field.Type
		}
	}
	return types
}

// hooks turn what is written into typed values. Environment variables are
// always text, so text is also read as a number, a truth value or a list.
func hooks(environ []string) mapstructure.DecodeHookFunc {
	return func(from reflect.Type, to reflect.Type, value any) (any, error) {
		text, isText := value.(string)
		switch {
		case to == reflect.TypeFor[Secret]():
			return secretFrom(value, environ)
		case isText:
			return fromText(text, to)
		case to == reflect.TypeFor[time.Duration]():
			return nil, errors.New("is not a duration; write a number with a unit: ms, s, m or h")
		case reflect.PointerTo(to).Implements(textUnmarshaler) && from != to:
			return unmarshalText(fmt.Sprint(value), to)
		case to.Kind() == reflect.Int && from.Kind() == reflect.Float64:
			return nil, errors.New("must be a whole number")
		}
		return value, nil
	}
}

var textUnmarshaler = reflect.TypeFor[interface{ UnmarshalText([]byte) error }]()

func fromText(text string, to reflect.Type) (any, error) {
	switch to {
	case reflect.TypeFor[time.Duration]():
		d, err := time.ParseDuration(text)
		if err != nil {
			return nil, errors.New("is not a duration; write a number with a unit: ms, s, m or h")
		}
		return d, nil
	case reflect.TypeFor[*time.Location](), reflect.TypeFor[time.Location]():
		zone, err := time.LoadLocation(text)
		if err != nil || text == "" {
			return nil, errors.New("is not a time zone of the IANA database")
		}
		return zone, nil
	case reflect.TypeFor[time.Weekday]():
		return parseWeekday(text)
	case reflect.TypeFor[netip.Prefix]():
		return parsePrefix(text)
	}
	if reflect.PointerTo(to).Implements(textUnmarshaler) {
		return unmarshalText(text, to)
	}
	return plainFromText(text, to)
}

func plainFromText(text string, to reflect.Type) (any, error) {
	switch to.Kind() {
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return nil, errors.New("is neither true nor false")
		}
		return b, nil
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, errors.New("is not a whole number")
		}
		return n, nil
	case reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, errors.New("is not a number")
		}
		return f, nil
	case reflect.Slice:
		return listFromText(text, to)
	}
	return text, nil
}

func listFromText(text string, to reflect.Type) (any, error) {
	if to.Elem().Kind() == reflect.Struct && to.Elem() != reflect.TypeFor[netip.Prefix]() && to.Elem() != reflect.TypeFor[Secret]() {
		return nil, errors.New("is a list of entries; write it in the file, and its secrets as env:NAME")
	}
	list := []any{}
	for entry := range strings.SplitSeq(text, ",") {
		if entry = strings.TrimSpace(entry); entry != "" {
			list = append(list, entry)
		}
	}
	return list, nil
}

func unmarshalText(text string, to reflect.Type) (any, error) {
	into := reflect.New(to)
	err := into.Interface().(interface{ UnmarshalText([]byte) error }).UnmarshalText([]byte(text))
	if err != nil && to == reflect.TypeFor[slog.Level]() {
		err = errors.New("must be one of debug, info, warn, error")
	}
	return into.Elem().Interface(), err
}

// secretFrom reads a secret in place, from file:PATH or from env:NAME. Its
// errors name the place, never the content.
func secretFrom(value any, environ []string) (any, error) {
	text, isText := value.(string)
	if secret, already := value.(Secret); already {
		return secret, nil
	}
	if !isText {
		return nil, errors.New("is not text; write it in quotes")
	}
	if path, ok := strings.CutPrefix(text, "file:"); ok {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("cannot be read: %w", err)
		}
		return NewSecret(strings.TrimRight(string(content), "\r\n")), nil
	}
	if name, ok := strings.CutPrefix(text, "env:"); ok {
		for _, entry := range slices.Backward(environ) {
			if content, found := strings.CutPrefix(entry, name+"="); found {
				return NewSecret(content), nil
			}
		}
		return nil, fmt.Errorf("is to come from the environment variable %s, which is not set", name)
	}
	return NewSecret(text), nil
}

// describe puts mapstructure's errors into words, without the value.
func describe(err error) string {
	var unconvertible *mapstructure.UnconvertibleTypeError
	if errors.As(err, &unconvertible) {
		return "must be " + kindName(unconvertible.Expected.Type())
	}
	switch text := err.Error(); {
	case strings.Contains(text, "expected a map"):
		return "must be a section of keys"
	case strings.Contains(text, "source data must be an array or slice"):
		return "must be a list"
	default:
		return text
	}
}

func kindName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "a section of keys"
	default: // a number, or what YAML reads as a section for its colon
		return "text; write it in quotes"
	}
}
