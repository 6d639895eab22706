package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"jiebao/conversations"
)

// testCanned: replies kept ready are their branches', and of two who change one
// the second is told.
func testCanned(t *testing.T, b *bench) {
	ctx := t.Context()
	canned := func(id, branch string, version int64) conversations.Canned {
		return conversations.Canned{ID: id, Version: version, Branch: branch, Locale: conversations.Chinese, Name: "问候", Text: "{name}您好", By: "li", At: b.clock.Now()}
	}
	north := conversations.Scope{"head/north"}
	for _, branch := range []string{"", "head", "head/north", "head/south"} {
		if err := b.PutCanned(ctx, conversations.Everything, canned("c"+branch, branch, 1)); err != nil {
			t.Fatal(err)
		}
	}
	ids := func(scope conversations.Scope) (out []string) {
		all, err := b.Canned(ctx, scope)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			out = append(out, c.ID)
		}
		return out
	}
	if got := ids(north); !slices.Equal(got, []string{"c", "chead", "chead/north"}) {
		t.Errorf("the north has %v", got)
	}
	for name, err := range map[string]error{
		"a branch above":      b.PutCanned(ctx, north, canned("chead", "head", 2)),
		"taken from above":    b.PutCanned(ctx, north, canned("chead", "head/north", 2)),
		"dropped above":       b.DropCanned(ctx, north, "chead"),
		"one that is nowhere": b.DropCanned(ctx, north, "nothing"),
	} {
		if !errors.Is(err, conversations.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var invalid *conversations.InvalidError
	wrong := canned("c5", "head/north", 1)
	wrong.Text = "{salary}"
	if err := b.PutCanned(ctx, north, wrong); !errors.As(err, &invalid) {
		t.Errorf("an unknown variable: %v", err)
	}
	errs := make([]error, 6)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			c := canned("chead/north", "head/north", 2)
			c.Text = fmt.Sprint(i)
			errs[i] = b.PutCanned(ctx, north, c)
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !errors.Is(err, conversations.ErrStale) {
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d changed one version", won)
	}
	if err := b.DropCanned(ctx, north, "chead/north"); err != nil {
		t.Error(err)
	}
	if got := ids(north); !slices.Equal(got, []string{"c", "chead"}) {
		t.Errorf("after dropping the north has %v", got)
	}
}
