package sqlstore

import (
	"context"
	"testing"
)

// Whose caller gives up may find that the committer has passed the job over for
// the same reason: no answer is to be waited for then.
func TestAJobThatWasPassedOverIsDropped(t *testing.T) {
	t.Parallel()
	ctx, giveUp := context.WithCancel(t.Context())
	passed, taken := &job{ctx: ctx}, &job{ctx: ctx}
	if !taken.take() {
		t.Fatal("a job that is wanted was not taken")
	}
	giveUp()
	if passed.take() {
		t.Fatal("a job that nobody waits for was taken")
	}
	if !passed.drop() {
		t.Error("its caller waits for an answer that never comes")
	}
	if taken.drop() {
		t.Error("a job was dropped that is being done")
	}
}
