package people

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"jiebao/conversations"
)

// Notifications is the section notifications: by which steps candidates are
// told of a result, and when they are left alone.
type Notifications struct {
	Normal Ladder `yaml:"normal"`
	Urgent Ladder `yaml:"urgent"`
	Quiet  Quiet  `yaml:"quiet"`
}

// Ladder is the steps of one urgency, in their order.
type Ladder struct {
	Steps []Step `yaml:"steps"`
}

// Step is one step of a plan.
type Step struct {
	By     string        `yaml:"by"`
	After  time.Duration `yaml:"after"`  // since the first message left
	Unless string        `yaml:"unless"` // delivered, read or answered
}

// Quiet are the hours in which candidates are left alone. From and To alike
// mean none.
type Quiet struct {
	From   Clock    `yaml:"from"`
	To     Clock    `yaml:"to"`
	Except []string `yaml:"except"` // normal or urgent
	Media  []string `yaml:"media"`
}

// The longest plan, in steps and in time.
const (
	maxSteps = 12
	maxAfter = 60 * 24 * time.Hour
)

func media() []string { return []string{"chat", "push", "sms", "email", "voice"} }

// Check names every value that makes no sense.
func (n Notifications) Check() error {
	problems := append(checkSteps("normal", n.Normal.Steps), checkSteps("urgent", n.Urgent.Steps)...)
	if len(n.Normal.Steps) == 0 {
		problems = append(problems, errors.New("normal.steps: name at least one step, like {by: chat}"))
	}
	for _, u := range n.Quiet.Except {
		if u != "normal" && u != "urgent" {
			problems = append(problems, fmt.Errorf("quiet.except: %q is neither normal nor urgent", u))
		}
	}
	for _, m := range n.Quiet.Media {
		if !slices.Contains(media(), m) {
			problems = append(problems, fmt.Errorf("quiet.media: %q is not a medium; write chat, push, sms, email or voice", m))
		}
	}
	if n.Quiet.To == 24*60 {
		problems = append(problems, errors.New(`quiet.to: write "00:00" for midnight`))
	}
	return errors.Join(problems...)
}

func checkSteps(plan string, steps []Step) (problems []error) {
	var before time.Duration
	for i, s := range steps {
		at := fmt.Sprintf("%s.steps[%d]", plan, i)
		switch {
		case s.By != string(conversations.Person) && !slices.Contains(media(), s.By):
			problems = append(problems, fmt.Errorf("%s.by: %q is not a step; write chat, push, sms, email, voice or person", at, s.By))
		case s.After < before:
			problems = append(problems, fmt.Errorf("%s.after: %s is sooner than the step before", at, s.After))
		case s.After > maxAfter:
			problems = append(problems, fmt.Errorf("%s.after: %s is longer than 60 days", at, s.After))
		case !slices.Contains([]string{"", "delivered", "read", "answered"}, s.Unless):
			problems = append(problems, fmt.Errorf("%s.unless: %q is neither delivered, read nor answered", at, s.Unless))
		}
		before = s.After
	}
	if len(steps) > maxSteps {
		problems = append(problems, fmt.Errorf("%s: has %d steps; at most %d are taken", plan, len(steps), maxSteps))
	}
	return problems
}

// Domain is n in the core's terms.
func (n Notifications) Domain() conversations.RoutePolicy {
	out := conversations.RoutePolicy{
		Normal: n.Normal.domain(), Urgent: n.Urgent.domain(),
		Quiet: conversations.Quiet{From: int(n.Quiet.From), To: int(n.Quiet.To)},
	}
	for _, u := range n.Quiet.Except {
		urgency := conversations.Normal
		if u == "urgent" {
			urgency = conversations.Urgent
		}
		out.Quiet.Except = append(out.Quiet.Except, urgency)
	}
	for _, m := range n.Quiet.Media {
		out.Quiet.Media = append(out.Quiet.Media, conversations.Medium(m))
	}
	return out
}

func (l Ladder) domain() []conversations.Step {
	var out []conversations.Step
	for _, s := range l.Steps {
		out = append(out, conversations.Step{By: conversations.Medium(s.By), After: s.After, Unless: conversations.Progress(s.Unless)})
	}
	return out
}
