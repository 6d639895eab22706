package bot

import (
	"sync"

	"jiebao/conversations"
)

// said collects the keys that the talks make the bot say.
type saidKeys struct {
	mu   sync.Mutex
	keys map[string]bool
}

var heardKeys = &saidKeys{keys: map[string]bool{}}

func (s *saidKeys) note(says []conversations.Say) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, say := range says {
		s.add(say)
	}
}

func (s *saidKeys) add(say conversations.Say) {
	s.keys[say.Key] = true
	for _, c := range say.Choices {
		s.keys[c.Key] = true
	}
	for _, a := range say.Args {
		switch a := a.(type) {
		case conversations.Say:
			s.add(a)
		case []conversations.Say:
			for _, line := range a {
				s.add(line)
			}
		}
	}
}
