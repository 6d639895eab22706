package storetest

import (
	"fmt"
	"sync"
	"testing"

	"jiebao/conversations"
)

// testOneScan: of several followers who scan one invitation at the same
// moment, on whatever node, one is the candidate.
func testOneScan(t *testing.T, b *bench) {
	nodes := []Store{b.Store, b.another(), b.another()}
	for i := range 20 {
		result := fmt.Sprintf("r%d", i)
		candidate := b.notify(Result(result, "E"+result)).Conversation
		var wg sync.WaitGroup
		for n, node := range nodes {
			wg.Go(func() {
				who := fmt.Sprintf("u%d-%d", i, n)
				c := scanned(who, "s"+who, "scene-"+result)
				if _, err := node.Apply(t.Context(), conversations.Target{Address: c.Address, Scene: c.Scene}, c); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := len(b.thread(candidate).Reaches); n != 1 {
			t.Fatalf("one invitation bound %d followers", n)
		}
	}
}
