package bot

import (
	"slices"
	"strings"

	"jiebao/conversations"
)

// reply is what there is on one question of a message.
type reply struct {
	asked   string
	facts   []conversations.Say
	article *conversations.Article
	score   float64               // of the article
	perhaps []conversations.Match // it may be one of these
	policy  bool                  // it touches what only a person may answer
}

// none says whether nothing is known.
func (p reply) none() bool { return len(p.facts) == 0 && p.article == nil && len(p.perhaps) == 0 }

// plainly is the score from which an answer is taken to be to the point.
const plainly = 0.9

// mostParts is how many questions of one message are answered apart.
const mostParts = 3

// replies looks up a message's questions: as a whole, unless its sentences
// ask for several things.
func (t *talk) replies(r reading) []reply {
	for _, stops := range []string{"?？。！!；;\n", "?？。！!；;\n，,"} {
		sentences := strings.FieldsFunc(r.text, func(r rune) bool { return strings.ContainsRune(stops, r) })
		if len(sentences) < 2 {
			continue
		}
		if parts := t.parts(sentences); len(parts) > 1 {
			return parts
		}
	}
	return []reply{t.reply(r)}
}

// parts are the replies to those sentences that ask something. A sentence
// that nothing answers only counts as a question when it is one.
func (t *talk) parts(sentences []string) []reply {
	var parts []reply
	answered := 0
	for _, sentence := range sentences {
		r := t.read(sentence)
		p := t.reply(r)
		if p.none() && (!r.wants(question) || t.find(sentence).Empty) {
			continue
		}
		if len(p.facts) > 0 || p.article != nil {
			answered++
		}
		if i := slices.IndexFunc(parts, p.same); i >= 0 {
			continue
		}
		parts = append(parts, p)
	}
	if answered == 0 || len(parts) > mostParts {
		return nil
	}
	return parts
}

// same says whether two replies tell the same.
func (p reply) same(o reply) bool {
	switch {
	case p.article != nil && o.article != nil:
		return p.article.ID == o.article.ID
	case len(p.facts) > 0 && len(o.facts) > 0:
		return p.facts[0].Key == o.facts[0].Key
	}
	return false
}

// reply looks up one question: in the offer first, unless it is on a subject
// that approved text deals with and no offer does.
func (t *talk) reply(r reading) reply {
	p := reply{asked: r.text, policy: r.about(beyondUs)}
	k := t.findHere(r)
	certain := k.Certainty == conversations.Certainly && (k.Firm || !p.policy)
	perhaps := k.Certainty == conversations.Perhaps && !p.policy
	facts := t.known(r)
	switch {
	case len(facts) > 0 && !(k.Subject && (certain || perhaps)):
		p.facts = facts
	case certain:
		p.article, p.score = &k.Articles[0].Article, k.Articles[0].Score
	case perhaps:
		p.perhaps = k.Articles
	}
	return p
}

// findHere looks a question up as it stands and, if it goes on from what was
// told last ("那要带什么"), together with that.
func (t *talk) findHere(r reading) conversations.Found {
	alone := t.find(r.text)
	if t.was.About == "" || !t.lex.goesOn(r.plain) {
		return alone
	}
	last, ok := t.article(t.was.About)
	if !ok {
		return alone
	}
	together := t.find(last.Title + " " + r.text)
	fits := together.Certainty == conversations.Certainly && together.Articles[0].Article.ID == last.ID
	if fits && (together.Firm && !alone.Empty || alone.Certainty == conversations.NotFound) {
		together.Subject = true
		return together
	}
	return alone
}

// find looks a text up in what is approved.
func (t *talk) find(text string) conversations.Found {
	if t.Knowledge == nil {
		return conversations.Found{}
	}
	q := t.inquiry()
	q.Text = text
	return t.Knowledge.Find(q)
}

func (t *talk) article(id string) (conversations.Article, bool) {
	if t.Knowledge == nil {
		return conversations.Article{}, false
	}
	return t.Knowledge.Article(id, t.inquiry())
}

func (t *talk) inquiry() conversations.Inquiry {
	return conversations.Inquiry{Branch: t.Conversation.Branch, Position: t.app.Position.Title, Locale: t.locale()}
}

// longestSubject is how long a message may be that asks by a mere subject, in
// characters.
const longestSubject = 8

// namesSubject says whether r is a mere subject of an approved text, and
// tells nothing of what was done about it: "体检", and not "已体检".
func (t *talk) namesSubject(r reading) bool {
	if n := len([]rune(r.plain)); n == 0 || n > longestSubject || t.lex.reports(r.plain) {
		return false
	}
	k := t.find(r.text)
	return k.Certainty == conversations.Certainly && k.Subject
}

// tellArticle tells an approved text and who says so. If it is doubtful that
// it helps, it can be said with a tap.
func (t *talk) tellArticle(a conversations.Article, asked string, doubtful bool) {
	t.memory.About, t.memory.Wondered = a.ID, clip(asked, maxWondered)
	var choices []conversations.SayChoice
	if doubtful && !t.open() {
		choices = append(choices, choice(choiceNotHelped))
	}
	t.say("question.article", args{"text": a.Text, "title": a.Title, "source": a.Source, "date": a.Updated.String()}, choices...)
}

// didYouMean asks which of the approved texts was meant.
func (t *talk) didYouMean(p reply) {
	var choices []conversations.SayChoice
	for _, m := range p.perhaps {
		choices = append(choices, articleChoice(m.Article))
	}
	choices = append(choices, choice(choiceOther))
	t.ask(askedArticle, conversations.Date{}, "question.did_you_mean", nil, choices...)
	t.memory.Said = clip(p.asked, maxSaid)
}

// leave passes questions on to a person.
func (t *talk) leave(questions []reply, answered bool) {
	key, reason := "question.unknown", conversations.HandoffQuestion
	if slices.ContainsFunc(questions, func(p reply) bool { return p.policy }) {
		key, reason = "question.beyond", conversations.HandoffPolicy
	}
	first := phrase(key, nil)
	if answered {
		first = phrase("question.rest", args{"question": clip(questions[0].asked, maxTitle)})
	}
	t.handOver(first, reason)
	t.leaveBehind(questions)
}

// leaveBehind records questions for HR.
func (t *talk) leaveBehind(questions []reply) {
	for _, p := range questions {
		t.do(conversations.LeaveQuestion{Text: p.asked})
	}
}

// articleTapped tells the text that was meant.
func (t *talk) articleTapped(id string) {
	a, ok := t.article(id)
	if !ok { // it was retired meanwhile
		t.otherTapped()
		return
	}
	t.tellArticle(a, t.was.Said, true)
	t.remind()
}

// answeredArticle takes a mere yes to the only text that was offered, and a
// mere no.
func (t *talk) answeredArticle(r reading) bool {
	switch {
	case t.lex.refuses(r.plain):
		t.otherTapped()
	case t.lex.agrees(r.plain) && len(t.was.Choices) == 2:
		return t.chosen(t.was.Choices[0])
	default:
		return false
	}
	return true
}

// otherTapped passes on the question that no approved text answers.
func (t *talk) otherTapped() {
	asked := t.was.Said
	if asked == "" {
		asked = t.was.Wondered
	}
	if asked == "" {
		t.ask(askedWhat, conversations.Date{}, "question.what", nil)
		return
	}
	t.leave([]reply{{asked: asked}}, false)
}

// followsUp deals with short words about what was told last: "还有呢" and
// "不是这个".
func (t *talk) followsUp(r reading) bool {
	if t.was.About == "" {
		return false
	}
	last, ok := t.article(t.was.About)
	switch {
	case ok && t.lex.asksMore(r.plain):
		t.say("question.no_more", args{"title": last.Title}, choice(choiceQuestion), choice(choiceHuman))
		t.memory.About, t.memory.Wondered = t.was.About, t.was.Wondered
	case t.lex.missed(r.plain) && t.was.Wondered != "":
		t.leave([]reply{{asked: t.was.Wondered}}, false)
	default:
		return false
	}
	return true
}
