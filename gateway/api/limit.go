package api

import (
	"sync"
	"time"
)

// The calls that one candidate's app may make in a minute, on each node.
const (
	mostReads  = 240
	mostWrites = 60
	// mostStreams is how many streams one candidate may have open.
	mostStreams = 5
)

// limit counts the calls of each minute.
type limit struct {
	mu     sync.Mutex
	minute int64
	calls  map[string]int
}

// take says whether one more call under a key is within most, and otherwise
// after how many seconds it is.
func (l *limit) take(key string, most int, now time.Time) (ok bool, wait int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if minute := now.Unix() / 60; minute != l.minute || l.calls == nil {
		l.minute, l.calls = minute, map[string]int{}
	}
	l.calls[key]++
	return l.calls[key] <= most, int(60 - now.Unix()%60)
}
