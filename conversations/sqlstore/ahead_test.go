package sqlstore

import (
	"reflect"
	"testing"

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
	}
}
