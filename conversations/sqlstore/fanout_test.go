package sqlstore_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/sqlstore"
)

// wire is a fanout between two nodes.
type wire struct{ out, in chan []conversations.Changed }

func (w wire) Publish(ctx context.Context, changed []conversations.Changed) error {
	select {
	case w.out <- changed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w wire) Listen(ctx context.Context, heard func([]conversations.Changed)) error {
	for {
		select {
		case changed := <-w.in:
			heard(changed)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func TestNodesTellEachOther(t *testing.T) {
	t.Parallel()
	there, back := make(chan []conversations.Changed), make(chan []conversations.Changed)
	node := func(f sqlstore.Fanout) *sqlstore.Store {
		return openFor(t, sqlstore.Options{Driver: sqlstore.SQLite, DSN: filepath.Join(t.TempDir(), "jiebao.db"), Fanout: f})
	}
	one, two := node(wire{there, back}), node(wire{back, there})
	here, cancelHere := one.Subscribe()
	defer cancelHere()
	elsewhere, cancel := two.Subscribe()
	defer cancel()
	if err := say(one, "u", "m1"); err != nil {
		t.Fatal(err)
	}
	want := conversations.Changed{ID: "c1", Branch: "head"}
	for name, ch := range map[string]<-chan conversations.Changed{"this node": here, "the other node": elsewhere} {
		select {
		case got := <-ch:
			if got != want {
				t.Errorf("%s was told of %+v, want %+v", name, got, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s was not told", name)
		}
	}
	select {
	case got := <-here:
		t.Errorf("the notice came back: %+v", got)
	default:
	}
}
