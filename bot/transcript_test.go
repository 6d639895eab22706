package bot

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"jiebao/conversations"
	"jiebao/conversations/rehearsal"
)

var update = flag.Bool("update", false, "write what the bot says into testdata")

// TestTranscripts plays the talks of testdata/*.txtar. The comment of an
// archive says what it is about; each file in it is one talk, named by its
// locale and, if there are several, a word more. The lines that come in:
//
//	offer: none | START DATE           the state at the beginning
//	answer: ANSWER DATE…               the same
//	policy: {accept: {after: 7}}       what the policies say besides the usual
//	classes: [{id: a, …}]              taken: a 3
//	notice: days                       medical: the last day it is valid
//	at: 2026-06-24T14:00               the time, until the next at
//	office: weekdays 09:00-18:00       when people answer; none: nobody knows
//	queue: 3 20                        three wait, and it takes 20 minutes
//	remind: offer | documents          it is time to
//	owner: queue | agent | nobody      who owns the talk from now on
//	candidate: words                   voice: words (empty: not understood)
//	tap: id of a choice                menu: key of an entry
//	photo: caption                     file:, video:, location:
//	follow:  scan: stale               bind:  notify:  release:
//	identity: step words               an unknown follower's message
//	refuse-claim:
//	hr: approved | refused note | countered 2026-07-08 note
//	change: [workplace WORDS | start_date D | reply_by | contact NAME | documents] [: note]   the bank changes the offer
//	withdraw: note
//	knowledge: examples                what is approved
//	filed: d1 received | rejected reason
//	too-many: one more photo than is taken
//	silently: caption                  a photo while a person owns the conversation
//	model: on                          a model can be asked from now on
//	model: [surely INTENT…] [: quoted words]   what it suggests, if anything
//
// Everything else (bot, act, memory) is what came of it, and -update writes it.
// Together the talks say every key that the bot has.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	said := &saidKeys{keys: map[string]bool{}}
	t.Cleanup(func() {
		for key := range keysInSource(t) {
			if !said.keys[key] {
				t.Errorf("%s is said in no transcript", key)
			}
		}
	})
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for i := range archive.Files {
				f := &archive.Files[i]
				t.Run(f.Name, func(t *testing.T) {
					got := play(t, said, f.Name, string(f.Data))
					if !*update && got != string(f.Data) {
						t.Errorf("the talk went differently (go test ./bot -update writes it down):\n%s", firstDifference(string(f.Data), got))
					}
					f.Data = []byte(got)
				})
			}
			if *update {
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		if i >= len(w) || i >= len(g) || w[i] != g[i] {
			return fmt.Sprintf("line %d\nwant: %s\ngot:  %s", i+1, strings.Join(w[i:min(i+3, len(w))], "\n      "), strings.Join(g[min(i, len(g)):min(i+3, len(g))], "\n      "))
		}
	}
	return "no difference"
}

// saidKeys collects the keys that the talks make the bot say.
type saidKeys struct {
	mu   sync.Mutex
	keys map[string]bool
}

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

// play runs a talk and returns it with what came of each line.
func play(t *testing.T, said *saidKeys, name, talk string) string {
	w := newWorld(t, loadNLU())
	locale, _, _ := strings.Cut(name, "-and-")
	w.c.Candidate.Locale = conversations.Locale(locale)
	var out bytes.Buffer
	for line := range strings.Lines(talk) {
		line = strings.TrimRight(line, "\n")
		verb, rest, found := strings.Cut(line, ":")
		switch {
		case line == "" || strings.HasPrefix(line, "\t") || found && (verb == "bot" || verb == "act" || verb == "memory"):
			continue
		case strings.HasPrefix(line, "#"):
			fmt.Fprintf(&out, "%s\n", line)
			continue
		}
		rest = strings.TrimSpace(rest)
		if out.Len() > 0 && verb != "at" {
			out.WriteByte('\n')
		}
		fmt.Fprintf(&out, "%s\n", line)
		h, ok := w.heard(t, verb, rest)
		if !ok {
			continue
		}
		w.c.Owner = w.owner
		d := w.hear(h)
		said.note(d.Say)
		for _, a := range d.Do {
			fmt.Fprintf(&out, "act: %s\n", rehearsal.ActText(a))
		}
		for _, s := range d.Say {
			text, err := w.say(w.locale(), s)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			fmt.Fprintf(&out, "bot: %s\n", strings.ReplaceAll(strings.ReplaceAll(text, "\n\n", "\n"), "\n", "\n\t"))
		}
		fmt.Fprintf(&out, "memory: %s\n", d.Memory)
	}
	return out.String()
}

// heard sets the scene, or returns what the bot hears.
func (w *world) heard(t *testing.T, verb, rest string) (h conversations.Heard, ok bool) {
	first, more, _ := strings.Cut(rest, " ")
	switch verb {
	case "at":
		now, err := time.ParseInLocation("2006-01-02T15:04", rest, shanghai)
		if err != nil {
			t.Fatal(err)
		}
		w.now = now
		return h, false
	case "offer":
		if start, err := conversations.ParseDate(rest); err == nil {
			w.app().Offer.StartDate = start
			return h, false
		}
		w.c.Candidate, w.c.Applications = conversations.Candidate{ID: "e1", Name: "张伟", Locale: w.c.Candidate.Locale}, nil
		return h, false
	case "reach": // by these media
		for _, m := range strings.Fields(rest) {
			w.c.Reaches = append(w.c.Reaches, conversations.Reach{Address: conversations.Address{Account: m, ID: "1"}, Followed: true})
		}
		return h, false
	case "office":
		w.office(t, rest)
		return h, false
	case "queue":
		w.queue(t, rest)
		return h, false
	case "owner":
		w.own(rest)
		return h, false
	case "policy", "classes":
		w.rule(t, verb, rest)
		return h, false
	case "taken": // class, number of seats
		n, _ := strconv.Atoi(more)
		w.rules.seats = conversations.Seats{}
		for i := range n {
			w.rules.seats.Take(first, i+1, "somebody else")
		}
		return h, false
	case "notice", "medical":
		w.owes(t, verb, rest)
		return h, false
	case "knowledge":
		w.know(t)
		return h, false
	case "answer":
		w.answer(t, first, more)
		return h, false
	case "without":
		w.without(t, rest)
		return h, false
	case "candidate":
		return conversations.Heard{Cue: conversations.CueSaid, Kind: conversations.Text, Text: rest, CanAskModel: w.model}, true
	case "model":
		if rest == "on" {
			w.model = true
			return h, false
		}
		return conversations.Heard{Cue: conversations.CueUnderstood, Kind: conversations.Text, Text: w.puzzle, Suggestion: suggestion(rest)}, true
	case "voice", "file", "video", "location", "image":
		return conversations.Heard{Cue: conversations.CueSaid, Kind: conversations.Kind(verb), Text: rest}, true
	case "photo":
		return conversations.Heard{Cue: conversations.CueSaid, Kind: conversations.Image, Text: rest, Document: w.photo()}, true
	case "tap":
		return conversations.Heard{Cue: conversations.CueSaid, Kind: conversations.Text, Choice: first, Text: more}, true
	case "page":
		return conversations.Heard{Cue: conversations.CueSaid, Kind: conversations.Text, Choice: first, Shown: true, Text: more}, true
	case "menu":
		return conversations.Heard{Cue: conversations.CueTapped, Text: rest}, true
	case "follow":
		return conversations.Heard{Cue: conversations.CueFollowed, Identity: conversations.Identity(first)}, true
	case "scan":
		return conversations.Heard{Cue: conversations.CueScanned, Scan: conversations.Scan(first), Identity: conversations.Identity(more)}, true
	case "bind":
		return conversations.Heard{Cue: conversations.CueBound}, true
	case "notify":
		return conversations.Heard{Cue: conversations.CueNotified, Buttons: first == "buttons"}, true
	case "remind":
		return conversations.Heard{Cue: conversations.CueReminded, Topic: conversations.Topic(rest)}, true
	case "release":
		return conversations.Heard{Cue: conversations.CueReleased}, true
	case "answered":
		return conversations.Heard{Cue: conversations.CueAnswered}, true
	case "identity":
		w.c.Candidate.ID, w.c.Candidate.Name, w.c.Applications = "", "", nil
		return conversations.Heard{Cue: conversations.CueSaid, Kind: conversations.Text, Identity: conversations.Identity(first), Text: more}, true
	case "refuse-claim":
		return conversations.Heard{Cue: conversations.CueRefused, Identity: conversations.IdentityNeeds}, true
	case "hr":
		return w.verdict(t, first, more), true
	case "change":
		return w.changeOffer(t, rest), true
	case "withdraw":
		w.app().Answer = conversations.Withdrawn
		return conversations.Heard{Cue: conversations.CueOfferWithdrawn, Offer: &conversations.OfferNews{Note: rest}}, true
	case "filed":
		return w.filed(first, more), true
	case "too-many":
		one := &conversations.Document{State: conversations.DocumentRejected, Reason: conversations.TooMany}
		return conversations.Heard{Cue: conversations.CueSaid, Kind: conversations.Image, Document: one}, true
	case "silently":
		w.silent = true
		return conversations.Heard{Cue: conversations.CueSaid, Kind: conversations.Image, Text: rest, Document: w.photo()}, true
	}
	t.Fatalf("%s: nobody does that in a talk", verb)
	return h, false
}

// suggestion reads what a model suggests.
func suggestion(s string) *conversations.Suggestion {
	if s == "" {
		return nil
	}
	intents, phrase, _ := strings.Cut(s, ":")
	list := strings.Fields(intents)
	sure := len(list) > 0 && list[0] == "surely"
	if sure {
		list = list[1:]
	}
	return &conversations.Suggestion{Intents: list, Phrase: strings.TrimSpace(phrase), Sure: sure}
}

// answer sets where the candidate stands: confirmed D, requested D, countered
// D D (wanted, suggested), declined.
func (w *world) answer(t *testing.T, answer, dates string) {
	app := w.app()
	app.Answer = conversations.Answer(answer)
	var ds []conversations.Date
	for s := range strings.FieldsSeq(dates) {
		d, err := conversations.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		ds = append(ds, d)
	}
	switch app.Answer {
	case conversations.Confirmed:
		app.StartDate = ds[0]
	case conversations.Requested:
		app.Request = &conversations.ScheduleRequest{ID: "s0", Date: ds[0]}
	case conversations.Countered:
		app.Request = &conversations.ScheduleRequest{ID: "s0", Date: ds[0], Verdict: conversations.Counter, Counter: ds[1]}
	}
}

// without takes facts out of the offer.
func (w *world) without(t *testing.T, facts string) {
	for f := range strings.FieldsSeq(facts) {
		switch f {
		case "workplace":
			w.app().Offer.Workplace = ""
		case "contact":
			w.app().Offer.ContactName, w.app().Offer.ContactPhone = "", ""
		case "contact_name":
			w.app().Offer.ContactName = ""
		case "contact_phone":
			w.app().Offer.ContactPhone = ""
		case "documents":
			w.app().Checklist = nil
		case "reply_by":
			w.app().Offer.ReplyBy = time.Time{}
		case "pages":
			w.plain = true
		case "name":
			w.c.Candidate.Name = ""
		case "few_documents":
			for i := range 4 {
				id := fmt.Sprintf("more%d", i)
				w.app().Checklist = append(w.app().Checklist, conversations.ChecklistItem{ID: id, Name: "材料" + id})
			}
		default:
			t.Fatalf("nothing is called %s", f)
		}
	}
}

func (w *world) verdict(t *testing.T, verdict, more string) conversations.Heard {
	app := w.app()
	v := app.Request
	if v == nil {
		t.Fatal("HR answers, and nothing was asked of it")
	}
	v.Verdict, v.Note = conversations.Verdict(verdict), more
	switch v.Verdict {
	case conversations.Approve:
		app.Answer, app.StartDate = conversations.Confirmed, v.Date
	case conversations.Refuse:
		app.Answer = conversations.Open
		if !app.StartDate.IsZero() {
			app.Answer = conversations.Confirmed
		}
	case conversations.Counter:
		date, note, _ := strings.Cut(more, " ")
		d, err := conversations.ParseDate(date)
		if err != nil {
			t.Fatal(err)
		}
		app.Answer, v.Counter, v.Note = conversations.Countered, d, note
	}
	return conversations.Heard{Cue: conversations.CueDecided, Verdict: v}
}

// changeOffer changes one part of the offer as the core does.
func (w *world) changeOffer(t *testing.T, what string) conversations.Heard {
	app := w.app()
	what, note, _ := strings.Cut(what, " : ")
	part, value, _ := strings.Cut(what, " ")
	news := &conversations.OfferNews{Changed: strings.Split(part, ","), Was: app.Answer, WasDate: app.Offer.StartDate, Note: note}
	if !app.StartDate.IsZero() {
		news.WasDate = app.StartDate
	}
	switch part, _, _ = strings.Cut(part, ","); part {
	case conversations.PartStartDate:
		d, err := conversations.ParseDate(value)
		if err != nil {
			t.Fatal(err)
		}
		app.Offer.StartDate = d
	case conversations.PartWorkplace:
		app.Offer.Workplace = value
	case conversations.PartContactName:
		app.Offer.ContactName = value
	}
	if part == conversations.PartStartDate || part == conversations.PartWorkplace {
		news.Asks = app.Answer != conversations.Open
		app.Answer, app.StartDate = conversations.Open, conversations.Date{}
	}
	return conversations.Heard{Cue: conversations.CueOfferChanged, Offer: news}
}

func (w *world) filed(id, what string) conversations.Heard {
	d := w.app().Document(id)
	state, reason, _ := strings.Cut(what, " ")
	d.State, d.Reason = conversations.DocumentState(state), reason
	doc := *d
	return conversations.Heard{Cue: conversations.CueFiled, Filed: []conversations.Document{doc}}
}
