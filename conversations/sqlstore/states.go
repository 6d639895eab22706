package sqlstore

import (
	"sync"

	"jiebao/conversations"
)

// states keeps the conversations that this process changed last as they are
// after their commit, so that they need not be read and decoded again. Where
// other processes write too, a state counts only as long as the number of its
// conversation's turns is the one in the database. Conversations in it are
// never changed, only replaced.
//
// It has two generations: what was not asked for during a whole generation is
// forgotten.
type states struct {
	mu         sync.Mutex
	young, old generation
}

// generation holds some conversations, and which of them a target means that
// does not name it, by the target's key.
type generation struct {
	conversations map[string]*storedConversation
	meant         map[string]string
}

// generationSize is how many conversations a generation holds; one takes some
// kilobytes. For each it remembers a few targets that mean it.
const (
	generationSize  = 2000
	generationMeant = 4 * generationSize
)

func newGeneration() generation {
	return generation{
		make(map[string]*storedConversation, generationSize), make(map[string]string, generationSize),
	}
}

// take puts what is known of ids into known and returns the rest of them.
func (s *states) take(ids keys, known map[string]*storedConversation) (unknown keys) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		if c := s.get(id); c != nil {
			known[id] = c
		} else {
			unknown = append(unknown, id)
		}
	}
	return unknown
}

// branches puts the branches of those that are known into known and returns the
// rest of ids.
func (s *states) branches(ids keys, known map[string]string) (unknown keys) {
	conversations := make(map[string]*storedConversation, len(ids))
	unknown = s.take(ids, conversations)
	for id, c := range conversations {
		known[id] = c.Branch
	}
	return unknown
}

// meant returns the conversation that the target of that key meant, or nil.
func (s *states) meant(key string) *storedConversation {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, ok := s.young.meant[key]
	if !ok {
		id = s.old.meant[key]
	}
	return s.get(id)
}

// get returns a conversation, which then is young again. The caller holds
// the lock.
func (s *states) get(id string) *storedConversation {
	if c := s.young.conversations[id]; c != nil {
		return c
	}
	c := s.old.conversations[id]
	if c != nil {
		s.put(c)
	}
	return c
}

func (s *states) put(c *storedConversation) {
	if y := s.young; y.conversations == nil || len(y.conversations) >= generationSize || len(y.meant) >= generationMeant {
		s.young, s.old = newGeneration(), y
	}
	s.young.conversations[c.ID] = c
	if c.Candidate.Known() {
		s.young.meant[keyOf(conversations.Target{Candidate: c.Candidate.ID})] = c.ID
	}
	for i := range c.Reaches {
		if r := &c.Reaches[i]; r.Contact != conversations.NoContact && r.LastIn.IsZero() {
			continue // nobody has written from there
		}
		s.young.meant[keyOf(conversations.Target{Address: c.Reaches[i].Address})] = c.ID
	}
}

func (s *states) drop(id string) {
	delete(s.young.conversations, id)
	delete(s.old.conversations, id)
}

// remember keeps what a committed group came to.
func (s *states) remember(jobs []*job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range jobs {
		if j.changes == nil {
			continue
		}
		for _, id := range j.ends {
			s.drop(id)
		}
		s.put(&storedConversation{j.changes.Conversation, j.turns})
		if r, ok := j.command.(conversations.Report); ok && r.PlatformID != "" {
			s.young.meant[keyOf(conversations.Target{Account: j.to.Account, PlatformID: r.PlatformID})] = j.conversation
		}
	}
}
