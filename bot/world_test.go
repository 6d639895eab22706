package bot

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"jiebao/bot/knowledge"
	"jiebao/bot/nlu"
	"jiebao/bot/phrases"
	exampleFiles "jiebao/config/knowledge"
	"jiebao/config/locales"
	"jiebao/conversations"
)

// world is a conversation that a test plays: it does what the bot decides, as
// the core would.
type world struct {
	bot   *Bot
	words *phrases.Phrases
	now   time.Time
	c     conversations.Conversation
	docs  int

	plain  bool // the candidate has no pages
	silent bool // a person owns the conversation, for the next turn

	owner conversations.Owner
	hours conversations.OfficeHours
	line  conversations.Queue

	model  bool   // a model can be asked
	puzzle string // what it is asked about
	rules  *rules

	knowledge conversations.Knowledge
}

var shanghai = time.FixedZone("CST", 8*3600)

var (
	loadWords = sync.OnceValues(func() (*phrases.Phrases, error) { return phrases.New(botFiles(), nil) })
	loadNLU   = sync.OnceValue(func() *nlu.Understander { return nlu.New(nlu.China()) })
	calendar  = sync.OnceValue(nlu.China)
)

// botFiles are the embedded words of the bot, without the console's.
func botFiles() fs.FS {
	files := fstest.MapFS{}
	for _, l := range phrases.Locales() {
		name := "bot." + string(l) + ".yaml"
		text, err := fs.ReadFile(locales.Embedded(), name)
		if err != nil {
			panic(err)
		}
		files[name] = &fstest.MapFile{Data: text}
	}
	return files
}

func newWords(t testing.TB) *phrases.Phrases {
	t.Helper()
	p, err := loadWords()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// newWorld starts on Wednesday, 24 June 2026, with an offer for Monday, 6 July.
func newWorld(t testing.TB, u Understander) *world {
	t.Helper()
	words := newWords(t)
	app := conversations.Application{
		ResultID:  "r1",
		Position:  conversations.Position{Title: "综合柜员"},
		Interview: conversations.Interview{Score: 91, Passed: true},
		Offer: conversations.Offer{
			StartDate:    conversations.Date{Year: 2026, Month: time.July, Day: 6},
			ReplyBy:      time.Date(2026, time.June, 30, 18, 0, 0, 0, shanghai),
			Workplace:    "北京市朝阳区建国路1号朝阳支行",
			ContactName:  "李老师",
			ContactPhone: "010-12345678",
		},
		Checklist: []conversations.ChecklistItem{{ID: "id_card", Name: "身份证"}, {ID: "diploma", Name: "学历证书"}, {ID: "medical", Name: "体检报告"}},
	}
	return &world{
		rules: usual(),
		bot:   New(Options{Understander: u, Phrases: words, HandoffWords: handoffWords}),
		words: words,
		now:   time.Date(2026, time.June, 24, 9, 0, 0, 0, shanghai),
		c: conversations.Conversation{
			ID: "c1", Candidate: conversations.Candidate{ID: "e1", Name: "张伟"},
			Applications: []conversations.Application{app},
		},
	}
}

func (w *world) app() *conversations.Application { return w.c.Application() }

// hear plays one turn: memory goes through JSON, acts are done.
func (w *world) hear(h conversations.Heard) conversations.Decision {
	d := w.bot.Decide(conversations.Turn{Now: w.now, Conversation: &w.c, Desk: w.desk(), Dates: w.dates(), Heard: h, Knowledge: w.knowledge, Channels: everywhere{}, Pages: !w.plain, Silent: w.silent || w.c.Owner.Kind != conversations.OwnedByBot})
	w.silent = false
	var buf json.RawMessage
	if err := json.Unmarshal(d.Memory, &buf); err != nil {
		panic(fmt.Sprintf("memory %s: %v", d.Memory, err))
	}
	w.c.Memory = slices.Clone(d.Memory)
	for _, a := range d.Do {
		w.act(a)
		if _, asks := a.(conversations.AskModel); asks {
			w.puzzle = h.Text
		}
	}
	return d
}

func (w *world) act(a conversations.Act) {
	app := w.app()
	switch a := a.(type) {
	case conversations.ConfirmStartDate:
		app.Answer, app.StartDate = conversations.Confirmed, a.Date
	case conversations.RequestSchedule:
		app.Answer, app.Request = conversations.Requested, &conversations.ScheduleRequest{ID: "s1", Date: a.Date, Said: a.Said}
	case conversations.DeclineOffer:
		app.Answer = conversations.Declined
	case conversations.FileUnder:
		w.file(a.Document, a.Item)
	case conversations.SpeakLocale:
		w.c.Candidate.Locale = a.Locale
	case conversations.RequestHandoff:
		w.c.Owner.Kind = conversations.OwnedByQueue
	case conversations.WithdrawConsent:
		w.c.OptOut = w.now
	case conversations.GiveConsent:
		w.c.OptOut = time.Time{}
	case conversations.Acknowledge:
		w.owner.Told = w.now
	}
}

// photo adds a document that is on its way.
func (w *world) photo() *conversations.Document {
	w.docs++
	d := conversations.Document{ID: "d" + strconv.Itoa(w.docs), State: conversations.DocumentFetching, At: w.now}
	w.shelve(d)
	return &d
}

func (w *world) shelve(d conversations.Document) {
	for i := range w.app().Checklist {
		if it := &w.app().Checklist[i]; it.ID == d.Item {
			it.Documents = append(it.Documents, d)
			return
		}
	}
	w.app().Checklist = append(w.app().Checklist, conversations.ChecklistItem{ID: d.Item, Documents: []conversations.Document{d}})
}

func (w *world) file(id, item string) {
	d := *w.app().Document(id)
	for i := range w.app().Checklist {
		it := &w.app().Checklist[i]
		it.Documents = slices.DeleteFunc(it.Documents, func(o conversations.Document) bool { return o.ID == id })
	}
	d.Item = item
	w.shelve(d)
}

func (w *world) locale() conversations.Locale {
	if l := w.c.Candidate.Locale; l != "" {
		return l
	}
	return conversations.Chinese
}

// say puts a message into words, with its choices as numbered lines.
func (w *world) say(l conversations.Locale, s conversations.Say) (string, error) {
	s = s.Linked(func(u conversations.UploadLink) string {
		return strings.TrimSuffix("https://jiebao.example.com/c/link-to/"+u.Item, "/")
	})
	text, err := w.words.Words(l, s.Key, s.Args)
	if err != nil {
		return "", err
	}
	var choices []conversations.Choice
	for _, c := range s.Choices {
		words, err := w.words.Words(l, c.Key, c.Args)
		if err != nil {
			return "", err
		}
		choices = append(choices, conversations.Choice{ID: c.ID, Text: words})
	}
	return conversations.Numbered(text, choices), nil
}

func keysOf(says []conversations.Say) string {
	var keys []string
	for _, s := range says {
		keys = append(keys, keyOf(s))
	}
	return strings.Join(keys, " + ")
}

// keyOf names what is said: its key, and those of the phrases within.
func keyOf(s conversations.Say) string {
	switch s.Key {
	case "with_question":
		return keyOf(s.Args["body"].(conversations.Say)) + " & " + keyOf(s.Args["question"].(conversations.Say))
	case "lines":
		var keys []string
		for _, l := range s.Args["lines"].([]conversations.Say) {
			keys = append(keys, keyOf(l))
		}
		return strings.Join(keys, ", ")
	}
	return s.Key
}

var examples = sync.OnceValues(func() ([]conversations.Article, error) { return knowledge.Files(exampleFiles.Embedded()) })

// know lets the bot answer from the example articles.
func (w *world) know(t testing.TB) {
	t.Helper()
	articles, err := examples()
	if err != nil {
		t.Fatal(err)
	}
	w.knowledge = knowledge.New(articles)
}

// everywhere is a bank whose accounts are called as their media are.
type everywhere struct{}

func (everywhere) Describe(account string) (conversations.Description, bool) {
	return conversations.Description{Account: account, Medium: conversations.Medium(account)}, true
}

func (everywhere) Serving(string) []conversations.Description { return nil }
