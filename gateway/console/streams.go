package console

import "sync"

// streams are the open event streams on this node, by agent, so that who
// loses access hears no more at once. On other nodes it takes a heartbeat.
type streams struct {
	mu   sync.Mutex
	open map[string]map[chan struct{}]bool
}

// begin notes a stream of the agent. ended is closed when it has to end;
// leave forgets it.
func (s *streams) begin(agent string) (ended <-chan struct{}, leave func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[string]map[chan struct{}]bool{}
	}
	if s.open[agent] == nil {
		s.open[agent] = map[chan struct{}]bool{}
	}
	ch := make(chan struct{})
	s.open[agent][ch] = true
	return ch, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open[agent], ch)
		if len(s.open[agent]) == 0 {
			delete(s.open, agent)
		}
	}
}

// end ends all streams of the agent.
func (s *streams) end(agent string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ch := range s.open[agent] {
		close(ch)
	}
	delete(s.open, agent)
}
