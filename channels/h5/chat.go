package h5

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jiebao/conversations"
)

const (
	// messagesShown is how many messages one page of the conversation has.
	messagesShown = 40
	// maxSaid is the longest message, in characters.
	maxSaid = 1000
	// saidAMinute is how many messages one candidate may send in a minute.
	saidAMinute = 20
)

// chat is the conversation as the candidate may see it, over all channels.
type chat struct {
	Bubbles []bubble
	Older   int64 // number before which there is more; 0 if there is none
	Newest  bool  // it ends with the latest message
	Choices []conversations.Choice
	Key     string
	Most    int
	Bad     string // words about what was not sent
	Typed   string // what was not sent
	Waiting bool   // for a person
	Person  bool   // somebody has the conversation
}

// bubble is one message.
type bubble struct {
	N     int64
	Mine  bool
	Who   string // words
	Day   conversations.Date
	First bool // of its day
	At    time.Time
	Parts []part
	Note  string // what stands in for what cannot be shown, in words
}

// part is a piece of a message: words, or an address to open.
type part struct{ Words, URL string }

// showChat shows the conversation.
func (v *visit) showChat(status int, bad, typed string) {
	before, _ := strconv.ParseInt(v.r.URL.Query().Get("before"), 10, 64)
	views, err := v.o.Store.Messages(v.r.Context(), conversations.Everything, v.conv.ID, before, messagesShown)
	if err != nil {
		v.failed(fmt.Errorf("reading the conversation's messages: %w", err))
		return
	}
	page := chat{Newest: before <= 0, Key: v.key(), Most: maxSaid, Bad: bad, Typed: typed, Waiting: v.conv.Owner.Kind == conversations.OwnedByQueue, Person: v.conv.Owner.Kind == conversations.OwnedByAgent}
	if len(views) == messagesShown && views[0].N > 1 {
		page.Older = views[0].N
	}
	views = slices.DeleteFunc(views, func(m conversations.MessageView) bool { return !v.visible(m) })
	var day conversations.Date
	for _, m := range views {
		b := v.bubble(m)
		b.First, day = b.Day != day, b.Day
		page.Bubbles = append(page.Bubbles, b)
	}
	if n := len(views); page.Newest && n > 0 {
		page.Choices = views[n-1].Choices
	}
	v.render(status, "chat", page)
	v.seen(views)
}

// visible says whether the candidate may see a message: what they and the bank
// said to each other, without the record's own notes, and without what was
// never to reach them, could not, or may still be taken back.
func (v *visit) visible(m conversations.MessageView) bool {
	return !m.Kind.Internal() && !v.conv.Unsaid(m.ID, v.o.Now()) && m.Status != conversations.Failed && (m.Text != "" || m.Document != "")
}

func (v *visit) bubble(m conversations.MessageView) bubble {
	at := m.At.In(v.o.Zone)
	b := bubble{N: m.N, Mine: m.Author == conversations.ByCandidate, At: at, Day: conversations.DateOf(at)}
	switch {
	case b.Mine:
		b.Who = v.T("page.chat.me")
	case m.Author.Agent() != "":
		b.Who = v.T("page.chat.agent")
	default:
		b.Who = v.T("page.chat.bot")
	}
	switch m.Kind {
	case conversations.Image, conversations.File, conversations.Voice, conversations.Video, conversations.Location:
		b.Note = v.T("page.chat.kind." + string(m.Kind))
	}
	b.Parts = parts(withoutNumbers(m.Message))
	return b
}

// withoutNumbers is a message's text without the list of its choices, which
// are buttons here.
func withoutNumbers(m conversations.Message) string {
	return strings.TrimSuffix(m.Text, conversations.Numbered("", m.Choices))
}

var addresses = regexp.MustCompile(`https?://[^\s<>"'，。；！？、（）]+`)

// parts finds the addresses in a text.
func parts(text string) []part {
	var out []part
	last := 0
	for _, at := range addresses.FindAllStringIndex(text, -1) {
		if at[0] > last {
			out = append(out, part{Words: text[last:at[0]]})
		}
		out = append(out, part{Words: text[at[0]:at[1]], URL: text[at[0]:at[1]]})
		last = at[1]
	}
	if last < len(text) {
		out = append(out, part{Words: text[last:]})
	}
	return out
}

// say takes what the candidate typed or tapped in the conversation.
func (v *visit) say() {
	if !v.parseForm() {
		return
	}
	key, err := v.o.Links.unseal("key", v.conv.ID, v.r.PostForm.Get("key"))
	text := strings.TrimSpace(v.r.PostForm.Get("text"))
	if err != nil {
		v.showChat(http.StatusUnprocessableEntity, v.T("page.told.again"), text)
		return
	}
	in := conversations.Inbound{Gesture: conversations.Said, Kind: conversations.Text, Text: text, Dedupe: v.conv.ID + "-" + key}
	if id := v.r.PostForm.Get("choice"); id != "" {
		if in.Text, err = v.choiceWords(id); err != nil {
			v.failed(err)
			return
		}
		in.Choice = id
	}
	switch {
	case in.Text == "":
		v.showChat(http.StatusUnprocessableEntity, v.T("page.chat.nothing"), "")
	case utf8.RuneCountInString(in.Text) > maxSaid:
		v.showChat(http.StatusUnprocessableEntity, v.T("page.chat.too_long", "most", maxSaid), in.Text)
	case !v.said.allow(v.conv.ID, v.now):
		v.w.Header().Set("Retry-After", "60")
		v.showChat(http.StatusTooManyRequests, v.T("page.chat.too_fast"), in.Text)
	default:
		if _, err := v.receive(in); err != nil {
			v.failed(fmt.Errorf("taking a message: %w", err))
			return
		}
		http.Redirect(v.w, v.r, v.address()+"/chat"+"#end", http.StatusSeeOther)
	}
}

// choiceWords are the words of a choice that the conversation offers, "" if it
// offers none of that id.
func (v *visit) choiceWords(id string) (string, error) {
	views, err := v.o.Store.Messages(v.r.Context(), conversations.Everything, v.conv.ID, 0, messagesShown)
	if err != nil {
		return "", fmt.Errorf("reading the conversation's messages: %w", err)
	}
	for _, m := range slices.Backward(views) {
		for _, c := range m.Choices {
			if c.ID == id && v.visible(m) {
				return c.Text, nil
			}
		}
	}
	return "", nil
}

// oneLine is the beginning of a text, for a list.
func oneLine(text string) string {
	const runes = 40
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) > runes {
		return string([]rune(text)[:runes-1]) + "…"
	}
	return text
}
