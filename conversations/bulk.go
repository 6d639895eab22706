package conversations

import "time"

// Bulk is one thing that an agent does to many conversations. Stores keep it as
// it is written; whoever does it knows what its state says.
type Bulk struct {
	ID      string
	Agent   string
	Created time.Time
	Due     time.Time // when to go on with it; zero if there is nothing to do
	Version int64     // how often it was kept: 1 for a new one
	State   []byte    // JSON; holds ids of conversations, and nothing personal
}

// BulkKept is how long stores keep one.
const BulkKept = 30 * 24 * time.Hour
