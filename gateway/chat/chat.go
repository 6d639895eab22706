package chat

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiebao/bot"
	"jiebao/bot/nlu"
	"jiebao/conversations"
	"jiebao/conversations/rehearsal"
)

// Options say who talks, when and how it is shown. NewEngine and Now are
// required.
type Options struct {
	// NewEngine makes the engine that decides. What listen returns has to
	// stand where the bot's understander does.
	NewEngine func(accounts conversations.Channels, listen func(bot.Understander) bot.Understander) (*conversations.Engine, error)
	Knowledge conversations.Knowledge // approved answers; nil if there are none
	Locale    conversations.Locale    // "" means zh-CN
	Now       time.Time               // when the talk begins
	Offer     conversations.Date      // zero: a Monday soon
	Branch    string                  // "" means head
	Position  string                  // "" means 综合柜员

	Transcript bool // write a transcript, and read one
	Prompt     bool // somebody types at a terminal: ask for each line, and do not repeat it
	Colour     bool
}

// longestLine is more than any platform lets a candidate write.
const longestLine = 1 << 16

// Play plays the lines of in until they end, ctx ends or one says /quit.
func Play(ctx context.Context, o Options, in io.Reader, out io.Writer) error {
	s, err := newSession(o)
	if err != nil {
		return err
	}
	if err := s.begin(); err != nil {
		return err
	}
	lines, read := make(chan string), make(chan error, 1)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { read <- scan(ctx, in, lines) }()
	for !s.over {
		s.view.prompt()
		if _, err := s.out.WriteTo(out); err != nil {
			return fmt.Errorf("showing the talk: %w", err)
		}
		select {
		case line, more := <-lines:
			if !more {
				s.view.close()
				_, err := s.out.WriteTo(out)
				return errors.Join(err, <-read)
			}
			if err := s.play(line); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	_, err = s.out.WriteTo(out)
	return err
}

// scan reads lines until their end, or until ctx ends.
func scan(ctx context.Context, in io.Reader, lines chan<- string) error {
	defer close(lines)
	scanner := bufio.NewScanner(in)
	scanner.Buffer(nil, longestLine)
	for scanner.Scan() {
		select {
		case lines <- scanner.Text():
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := scanner.Err(); err != nil {
		return fmt.Errorf("reading what the candidate says: %w", err)
	}
	return nil
}

// view writes down what happens.
type view interface {
	opening(s *session)
	step(s *session, st step)
	remark(text string) // to whoever plays
	prompt()
	close() // when the lines ended
}

// step is one line of the talk and what came of it.
type step struct {
	verb, rest string // as transcripts have them
	turns      []rehearsal.Turn
	readings   []nlu.Reading
}

// session is a talk under way.
type session struct {
	Options
	words   conversations.Phrases
	r       *rehearsal.Rehearsal
	ear     ear
	view    view
	out     bytes.Buffer
	choices []conversations.Choice // that stand on the phone, the latest ones
	photos  int
	line    string // that is being played
	over    bool
}

func newSession(o Options) (*session, error) {
	if o.Locale == "" {
		o.Locale = conversations.Chinese
	}
	if o.Branch == "" {
		o.Branch = branch
	}
	if o.Position == "" {
		o.Position = position
	}
	s := &session{Options: o}
	engine, err := o.NewEngine(account{}, s.ear.listen)
	if err != nil {
		return nil, fmt.Errorf("preparing the talk: %w", err)
	}
	s.words = engine.Phrases
	s.r = rehearsal.New(engine, o.Branch, o.Now, perform)
	s.r.Know(o.Knowledge)
	if s.Offer.IsZero() {
		s.Offer = startFrom(s.r.Now())
	}
	s.view = &show{out: &s.out, colour: o.Colour, asks: o.Prompt}
	if o.Transcript {
		s.view = &transcript{out: &s.out}
	}
	return s, nil
}

// begin sends the candidate their result.
func (s *session) begin() error {
	s.view.opening(s)
	return s.apply("notify", "", conversations.Notify{Result: sample(s.Options, s.r.Now())})
}

// play does what a line says.
func (s *session) play(line string) error {
	if s.Transcript {
		line = fromTranscript(line)
	}
	line = strings.TrimSpace(line)
	if line == "" {
		return nil
	}
	s.line = line
	if verb, is := strings.CutPrefix(line, "/"); is {
		return s.command(verb)
	}
	if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(s.choices) {
		return s.tap(s.choices[n-1])
	}
	return s.say("candidate", conversations.Inbound{Kind: conversations.Text, Text: line})
}

// say sends a message of the candidate's.
func (s *session) say(verb string, in conversations.Inbound) error {
	in.Gesture = conversations.Said
	return s.receive(verb, in.Text, in, 48*time.Hour, 5)
}

// tap taps a choice.
func (s *session) tap(c conversations.Choice) error {
	return s.receive("tap", strings.TrimSpace(c.ID+" "+c.Text), conversations.Inbound{
		Gesture: conversations.Said, Kind: conversations.Text, Text: c.Text, Choice: c.ID,
	}, time.Minute, 3)
}

// receive is what the candidate does, and the platform's leave to write to
// them that it earns.
func (s *session) receive(verb, rest string, in conversations.Inbound, window time.Duration, quota int) error {
	in.Address = conversations.Address{Account: accountID, ID: openID}
	in.At, in.CanAnswer = s.r.Now(), in.Gesture != conversations.Unfollowed
	if in.CanAnswer {
		in.Grants = []conversations.Grant{{Kind: verb, Until: in.At.Add(window), Left: quota}}
	}
	return s.apply(verb, rest, conversations.Receive{Inbound: in})
}

// apply plays a command. One that the engine refuses is remarked upon.
func (s *session) apply(verb, rest string, c conversations.Command) error {
	s.ear.readings = nil
	turns, err := s.r.Apply(c)
	if errors.Is(err, conversations.ErrStale) {
		err = errors.New("nothing waits for that")
	}
	if err != nil {
		s.view.remark(fmt.Sprintf("%s: %v", firstOf(s.line, "/"+verb), err))
		return nil
	}
	s.showStep(verb, rest, turns)
	return nil
}

func (s *session) showStep(verb, rest string, turns []rehearsal.Turn) {
	for _, t := range turns {
		for _, m := range t.Shown {
			if m.Author != conversations.ByCandidate && len(m.Choices) > 0 {
				s.choices = m.Choices
			}
		}
	}
	s.view.step(s, step{verb, rest, turns, s.ear.readings})
}

// ear hears what the bot reads.
type ear struct{ readings []nlu.Reading }

type listened struct {
	ear *ear
	bot.Understander
}

func (e *ear) listen(u bot.Understander) bot.Understander { return listened{e, u} }

func (l listened) Understand(in nlu.Input) nlu.Reading {
	r := l.Understander.Understand(in)
	same := func(o nlu.Reading) bool { return o.Date == r.Date && slices.Equal(o.Intents, r.Intents) }
	if !slices.ContainsFunc(l.ear.readings, same) {
		l.ear.readings = append(l.ear.readings, r)
	}
	return r
}
