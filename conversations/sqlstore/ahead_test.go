package sqlstore

import (
	"reflect"
	"testing"
	"time"

	"jiebao/conversations"
)

// What a snapshot holds beyond its conversation is not known ahead, unless it
// is listed here because foresee sees to it.
func TestOnlyPlainSnapshotsAreForeseen(t *testing.T) {
	t.Parallel()
	foreseen := map[string]bool{"Now": true, "Conversation": true, "Queue": true, "Seats": true, "Knowledge": true}
	typ := reflect.TypeFor[conversations.Snapshot]()
	for i := range typ.NumField() {
		f := typ.Field(i)
		var s conversations.Snapshot
		if !plain(&s) {
			t.Fatal("an empty snapshot is not plain")
		}
		fill(reflect.ValueOf(&s).Elem().Field(i))
		if got := plain(&s); got != foreseen[f.Name] {
			t.Errorf("with something in %s a snapshot is plain: %v", f.Name, got)
		}
	}
}

// A turn that waited for its commit, or of which anything has changed since,
// is computed anew.
func TestWhatIsComputedAheadGoesStale(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 24, 12, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		change func(*job)
		counts bool
	}{
		"nothing":      {func(*job) {}, true},
		"a moment":     {func(j *job) { j.snapshot.Now = now.Add(freshFor / 2) }, true},
		"time":         {func(j *job) { j.snapshot.Now = now.Add(freshFor) }, false},
		"the clock":    {func(j *job) { j.snapshot.Now = now.Add(-time.Hour) }, false},
		"turns":        {func(j *job) { j.turns++ }, false},
		"conversation": {func(j *job) { j.conversation = "other" }, false},
		"knowledge":    {func(j *job) { j.snapshot.Knowledge = &articles{} }, false},
	} {
		j := &job{command: conversations.Receive{}, ahead: &ahead{conversation: "c", turns: 3, at: now, changes: &conversations.Changes{}}}
		j.begin()
		j.conversation, j.turns, j.snapshot.Now = "c", 3, now
		if tt.change(j); j.ahead.counts(j) != tt.counts {
			t.Errorf("with %s changed, what was computed ahead counts: %v", name, !tt.counts)
		}
	}
}

type articles struct{ conversations.Knowledge }

// fill gives v any value but zero.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.String:
		v.SetString("x")
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	case reflect.Struct:
		if first := v.Field(0); first.CanSet() {
			fill(first)
		}
	}
}
