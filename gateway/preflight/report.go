package preflight

import (
	"slices"
	"time"

	"jiebao/conversations"
)

// Report is what posting results would come to.
type Report struct {
	Summary Summary
	Rows    []Row // as the results were given
}

// Row is what posting one result would come to.
type Row struct {
	Result, Candidate string // the EHR's ids
	Verdict           Verdict
	// First is by what the candidate is told first; nil if nothing is sent.
	First *Step
	Steps []Step // of the plan, in order, if nobody reacts
	// Why says why the candidate is not told at once, or not at all.
	Why Why
	// Problems are what would be refused; those that are Later break a later
	// message, and not the posting.
	Problems   []Problem
	Invited    bool  // a QR code and a code would be made for the candidate
	Supersedes bool  // it takes the place of an earlier result
	Parts      int   // billed messages, at most
	Cost       int64 // of them, in thousandths of a yuan, at most
}

// Verdict is what posting would come to, in a word.
type Verdict string

// The verdicts.
const (
	Told      Verdict = "told"      // the candidate is told at once
	Later     Verdict = "later"     // at the time of First, or once the account that is paused goes on
	Called    Verdict = "called"    // HR is asked to telephone, and nothing is sent
	Waits     Verdict = "waits"     // nothing is sent until the candidate can be reached
	Refused   Verdict = "refused"   // posting is refused: see Problems
	Conflict  Verdict = "conflict"  // the id was posted before with another content
	Posted    Verdict = "posted"    // it was posted before; nothing happens
	Forbidden Verdict = "forbidden" // the result, or the candidate, is of another branch
)

// Verdicts are all of them, the good ones first.
func Verdicts() []Verdict {
	return []Verdict{Told, Later, Called, Waits, Refused, Conflict, Posted, Forbidden}
}

// Why is why a candidate is not told at once: one of the application's Waiting
// reasons, or AccountPaused, or StepRefused.
type Why string

// What the core has no word for.
const (
	AccountPaused Why = "account_paused" // the account of the first step cannot send now
	StepRefused   Why = "step_refused"   // no step's message would be taken
)

// Step is one step of the plan.
type Step struct {
	By      conversations.Medium
	Account string // "" where no account is chosen
	At      time.Time
	Sends   bool   // a message leaves
	Skipped string // why none does: one of the core's Skipped reasons
	Refused string // why the message would be refused, for engineers
	Paused  bool   // the account cannot send now: an alarm is open
	Parts   int    // billed messages
	Cost    int64  // in thousandths of a yuan
}

// judge decides the verdict by the steps.
func (r *Row) judge(p conversations.Preview, now time.Time) {
	first := slices.IndexFunc(r.Steps, func(s Step) bool { return s.Sends && !s.Paused })
	if first < 0 {
		first = slices.IndexFunc(r.Steps, func(s Step) bool { return s.Sends })
	}
	switch {
	case p.OptedOut:
		r.Verdict, r.Why = Waits, conversations.WaitingOptedOut
	case first >= 0:
		r.First = &r.Steps[first]
		r.Verdict, r.Why = r.First.when(now), Why(p.Waiting)
		if slices.ContainsFunc(r.Steps[:first+1], func(s Step) bool { return s.Paused }) {
			r.Verdict, r.Why = Later, AccountPaused
		}
		if r.Verdict == Told {
			r.Why = ""
		}
	case slices.ContainsFunc(r.Steps, func(s Step) bool { return s.byHand() }):
		r.Verdict, r.Why = Called, r.refusedOr(p)
	default:
		r.Verdict, r.Why = Waits, r.refusedOr(p)
	}
}

// when is whether a step that sends is taken at once.
func (s Step) when(now time.Time) Verdict {
	if s.At.After(now) {
		return Later
	}
	return Told
}

// byHand says whether HR takes the step.
func (s Step) byHand() bool { return s.Account == "" && s.Skipped == "" && !s.Sends }

func (r *Row) refusedOr(p conversations.Preview) Why {
	if slices.ContainsFunc(r.Steps, func(s Step) bool { return s.Refused != "" }) {
		return StepRefused
	}
	return Why(p.Waiting)
}

// Summary is what posting all results would come to.
type Summary struct {
	Results  int
	Verdicts map[Verdict]int
	// First counts the candidates by what they are told first, and Messages
	// all messages of all plans, at most.
	First, Messages map[conversations.Medium]int
	Parts           int   // billed messages, at most
	Cost            int64 // of them, in thousandths of a yuan, at most
	FirstCost       int64 // of what is sent first, which is certain
	Breaking        int   // results with words that would not fit, now or later
	Paused          []string
}

func sum(rows []Row) Summary {
	s := Summary{
		Results: len(rows), Verdicts: map[Verdict]int{},
		First: map[conversations.Medium]int{}, Messages: map[conversations.Medium]int{}, Paused: []string{},
	}
	for _, r := range rows {
		s.Verdicts[r.Verdict]++
		s.Parts += r.Parts
		s.Cost += r.Cost
		if len(r.Problems) > 0 {
			s.Breaking++
		}
		if r.First != nil {
			s.First[r.First.By]++
			s.FirstCost += r.First.Cost
		}
		for _, step := range r.Steps {
			if step.Sends {
				s.Messages[step.By]++
			}
			if step.Paused && !slices.Contains(s.Paused, step.Account) {
				s.Paused = append(s.Paused, step.Account)
			}
		}
	}
	slices.Sort(s.Paused)
	return s
}
