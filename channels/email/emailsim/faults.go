package emailsim

import (
	"slices"
	"strings"
)

// Stage is a point of a transaction.
type Stage string

// The stages, each named by what the server is about to answer.
const (
	Greeting Stage = "greeting"
	Auth     Stage = "auth"
	Mail     Stage = "mail"
	Rcpt     Stage = "rcpt"
	Data     Stage = "data"
	Content  Stage = "content" // in the midst of the mail
	End      Stage = "end"     // after the last byte of the mail
)

// Fault is something that goes wrong.
type Fault struct {
	At Stage
	// Recipient limits it to mail to an address; "" is for any. Before a
	// recipient is named, no such fault happens.
	Recipient string
	Mode      Mode
	// Answer is what is answered, such as "451 4.7.1 later", for Answers.
	Answer string
	// Count is how often it happens; 0 is always.
	Count int
}

// Mode is what happens.
type Mode string

// The modes.
const (
	Answers          Mode = "answers"            // the fault's answer, and nothing is done
	Garbage          Mode = "garbage"            // it is done, and the answer is no SMTP
	Reset            Mode = "reset"              // the connection breaks, and nothing is done
	ResetAfterCommit Mode = "reset_after_commit" // it is done, and the connection breaks
	Stall            Mode = "stall"              // nothing is answered until the client goes away
)

type fault struct {
	Fault
	hit  chan struct{}
	hits int
}

// Inject makes something go wrong. The channel is closed when it has, once.
func (s *Sim) Inject(f Fault) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	injected := &fault{Fault: f, hit: make(chan struct{})}
	s.faults = append(s.faults, injected)
	return injected.hit
}

// Heal takes all faults away.
func (s *Sim) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// fault returns what goes wrong at a stage, if anything does.
func (s *Sim) fault(at Stage, recipients []string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		concerns := f.Recipient == "" || slices.ContainsFunc(recipients, func(r string) bool { return strings.EqualFold(r, f.Recipient) })
		if f.At != at || !concerns {
			continue
		}
		if f.hits++; f.hits == 1 {
			close(f.hit)
		}
		if f.hits == f.Count {
			s.faults = slices.Delete(s.faults, i, i+1)
		}
		return f.Fault, true
	}
	return Fault{}, false
}
