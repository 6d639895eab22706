package conversations

import (
	"log/slog"
	"time"
)

// Article is one text that somebody at the bank has approved as an answer to
// candidates' questions.
type Article struct {
	ID        string   `json:"id"`
	Branch    string   `json:"branch,omitempty"`    // for its candidates and those below it; "" for everybody
	Positions []string `json:"positions,omitempty"` // titles it is confined to; none means all
	Locale    Locale   `json:"locale,omitempty"`    // the language it is written in; "" if it does for all
	Title     string   `json:"title"`
	Questions []string `json:"questions,omitempty"` // how candidates ask, as examples
	Text      string   `json:"text"`
	Source    string   `json:"source,omitempty"` // who says so, as it is cited: 总行
	Updated   Date     `json:"updated,omitzero"`
}

// The most that an article may hold, in characters: with the line that cites
// it, it fits the smallest channel.
const (
	MaxArticle      = 400
	MaxArticleTitle = 40
)

// Knowledge is all articles that are approved at one moment. It is immutable,
// so that a turn stays a pure function of what it is given.
type Knowledge interface {
	// Find looks for what answers an inquiry.
	Find(Inquiry) Found
	// Article returns the article with an id as the inquirer is told it, or
	// false if there is none for them.
	Article(id string, q Inquiry) (Article, bool)
}

// Inquiry is a question and whose it is.
type Inquiry struct {
	Text     string
	Branch   string
	Position string
	Locale   Locale
}

// Certainty is how sure a finding is. Only what is sure may be told.
type Certainty string

// The certainties.
const (
	NotFound  Certainty = ""
	Perhaps   Certainty = "perhaps" // ask which of Articles was meant
	Certainly Certainty = "certainly"
)

// Found is what the knowledge has on an inquiry.
type Found struct {
	Certainty Certainty
	Articles  []Match // best first, at most three; the first one answers if Certainly
	// Firm says that the first article's title and examples, and not only
	// its text, deal with all that was asked.
	Firm bool
	// Subject says that the question names a subject which no offer answers,
	// such as a dress code.
	Subject bool
	// Empty says that the question holds no word to look for.
	Empty bool
}

// Match is an article with how well it fits, 0 to 1.
type Match struct {
	Article Article
	Score   float64
	Words   []string // that led to it
}

// ArticleState is how far a text of the inbox has come.
type ArticleState string

// The states.
const (
	Draft    ArticleState = "draft"
	Approved ArticleState = "approved"
	Retired  ArticleState = "retired"
)

// ArticleVersion is one version of an article that HR keeps. Versions are
// numbered from 1 and never change.
type ArticleVersion struct {
	Article
	Version int64        `json:"version"`
	State   ArticleState `json:"state"`
	// Serves is the version that candidates are told as of this one, 0 if
	// none: while a draft is written the approved text goes on answering.
	Serves int64     `json:"serves,omitempty"`
	By     string    `json:"by"` // the agent's id
	At     time.Time `json:"at"`
}

// Edited is v with another text, as a draft: the text that was approved goes on answering.
func (v ArticleVersion) Edited(a Article, by string, at time.Time) ArticleVersion {
	a.ID = v.ID
	return v.next(a, Draft, v.Serves, by, at)
}

// Approve is v with its text approved.
func (v ArticleVersion) Approve(by string, at time.Time) ArticleVersion {
	a := v.Article
	a.Updated = DateOf(at)
	return v.next(a, Approved, v.Version+1, by, at)
}

// Retire is v, told to nobody any more.
func (v ArticleVersion) Retire(by string, at time.Time) ArticleVersion {
	return v.next(v.Article, Retired, 0, by, at)
}

// Undo follows v and is as before was.
func (v ArticleVersion) Undo(before ArticleVersion, by string, at time.Time) ArticleVersion {
	return v.next(before.Article, before.State, before.Serves, by, at)
}

func (v ArticleVersion) next(a Article, s ArticleState, serves int64, by string, at time.Time) ArticleVersion {
	return ArticleVersion{Article: a, Version: v.Version + 1, State: s, Serves: serves, By: by, At: at}
}

// Gap is a question of a candidate that nothing answered.
type Gap struct {
	ID           string // the message's id with a number
	Conversation string
	Message      string
	Text         string // the question, as it was written
	Branch       string
	Position     string
	Locale       Locale
	At           time.Time
}

// LogValue keeps the words out of logs.
func (g Gap) LogValue() slog.Value { return slog.StringValue(g.ID) }

// OpenGap is a gap that still waits, with who asked.
type OpenGap struct {
	Gap
	Name    string // the candidate's
	Apart   bool   // somebody took it out of its group
	Replied bool   // an agent has written to the candidate since
	Account string // where the answer would go, "" if nowhere
	Open    bool   // it could be sent now; otherwise it waits for the candidate to write
}

// GapGroup is questions that ask the same, the oldest first.
type GapGroup []OpenGap

// Gap is the conversation's question with who asked, and where an answer of
// now would go.
func (c *Conversation) Gap(q Gap, now time.Time, describe Describe) OpenGap {
	g := OpenGap{Gap: q, Name: c.Candidate.Name}
	g.Branch, g.Locale = c.Branch, c.Candidate.Locale
	if app := c.Application(); app != nil {
		g.Position = app.Position.Title
	}
	for _, open := range c.Questions {
		if open.ID == q.ID {
			g.Replied = open.Replied
		}
	}
	if r := c.Road(now, describe); r != nil && !c.OptedOut() {
		d, _ := describe(r.Address.Account)
		left, _ := r.Quota(now)
		g.Account, g.Open = r.Address.Account, d.Free || left > 0
	}
	return g
}
