package app

import (
	"testing"
	"time"
)

// Ids of one second begin alike, so that their rows lie together, and differ in
// all the rest, so that nobody can guess one.
func TestConversationIDs(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	const n, length, timed = 2000, 16, 6 // links in text messages have room for 16 characters
	first := newConversationID(at)
	same := make([]int, length)
	seen := map[string]bool{}
	for i := range n {
		id := newConversationID(at.Add(time.Duration(i) * time.Second / n))
		if len(id) != length {
			t.Fatalf("an id has %d characters, want %d", len(id), length)
		}
		if seen[id] {
			t.Fatal("an id came twice")
		}
		seen[id] = true
		for i := range length {
			if id[i] == first[i] {
				same[i]++
			}
		}
	}
	for i, k := range same {
		if i < timed && k != n || i >= timed && k > n/8 {
			t.Errorf("character %d is the same in %d of %d ids of one second", i, k, n)
		}
	}
	if next := newConversationID(at.Add(time.Second)); next[:timed] == first[:timed] {
		t.Error("ids of the next second begin with the same characters")
	}
}
