package sqlstore

// states keeps the conversations that changed last as they are after their
// commit, so that they need not be read and decoded again. It is right only
// for a database that this process alone writes, and is used by its one
// committer. Conversations in it are never changed, only replaced.
//
// It has two generations: what was not asked for during a whole generation is
// forgotten.
type states struct {
	young, old map[string]*storedConversation
}

// generation is how many conversations a generation holds; one takes some
// kilobytes.
const generation = 2000

func newStates() *states { return &states{young: map[string]*storedConversation{}} }

// take puts what is known of ids into loaded and returns the rest of them. A
// nil states knows nothing.
func (s *states) take(ids keys, loaded map[string]*storedConversation) (unknown keys) {
	if s == nil {
		return ids
	}
	for _, id := range ids {
		c := s.young[id]
		if c == nil {
			if c = s.old[id]; c == nil {
				unknown = append(unknown, id)
				continue
			}
			s.put(c)
		}
		loaded[id] = c
	}
	return unknown
}

func (s *states) put(c *storedConversation) {
	if len(s.young) >= generation {
		s.young, s.old = make(map[string]*storedConversation, generation), s.young
	}
	s.young[c.ID] = c
}

func (s *states) drop(id string) {
	delete(s.young, id)
	delete(s.old, id)
}

// remember keeps what a committed group came to.
func (s *states) remember(jobs []*job) {
	if s == nil {
		return
	}
	for _, j := range jobs {
		if j.changes == nil {
			continue
		}
		s.put(&storedConversation{j.changes.Conversation, j.turns})
		for _, id := range j.ends {
			s.drop(id)
		}
	}
}
