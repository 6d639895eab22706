package console

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"jiebao/conversations"
	"jiebao/conversations/audit"
	"jiebao/gateway/ehr/catalogue"
)

// view is what every page is rendered from: who looks, in which language, now.
type view struct {
	words    Words
	locale   conversations.Locale
	theme    theme
	now      time.Time // in the bank's time zone
	bank     string
	back     string // the page's own path, to return to
	agent    conversations.Agent
	csrf     string
	session  conversations.Session
	entry    *audit.Entry      // what the request is in the audit log; nil for nothing
	agents   map[string]string // names by id
	staff    []conversations.Agent
	paper    bool // the page is read by others as well: nobody is "me"
	channels Channels
	branch   func(path string) string
	gaps     int // questions that wait for HR, for the navigation
	// work counts what waits for the agent; nil for who is not signed in.
	work     func() conversations.WorkCounts
	said     string          // of what was just done, above a queue
	from     string          // the place in a queue where the agent is, "" at its beginning
	further  string          // the place behind what is shown of it, "" at its end
	revealed string          // the conversation whose number is shown in full
	folds    map[string]bool // sections of the panel that the agent opened or closed
	alarms   []conversations.AlarmView
	// disagreement is the last comparison of everybody, if not all agreed.
	disagreement *conversations.Reconciliation
	titles       map[conversations.EventType]catalogue.Words // of events, on the pages of endpoints
}

// T puts a key into the visitor's language; args are names and values in
// turn. A key without words shows itself, which a test keeps from happening.
func (v *view) T(key string, args ...any) string { return v.Tor(key, key, args...) }

// Tor is T with other words for an unknown key.
func (v *view) Tor(key, otherwise string, args ...any) string {
	m := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i].(string)] = args[i+1]
	}
	s, err := v.words.Words(v.locale, "console."+key, m)
	if err != nil {
		return otherwise
	}
	return s
}

func (v *view) local(t time.Time) time.Time { return t.In(v.now.Location()) }

// clock is the time of day.
func (v *view) clock(t time.Time) string { return v.local(t).Format("15:04") }

// stamp is a point in time, as short as it can be said today.
func (v *view) stamp(t time.Time) string {
	return strings.TrimSpace(v.dayOf(t) + " " + v.clock(t))
}

// moment is a point in time, or a dash if there was none.
func (v *view) moment(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return v.stamp(t)
}

// exact is a point in time to the second.
func (v *view) exact(t time.Time) string {
	return strings.TrimSpace(v.dayOf(t) + " " + v.local(t).Format("15:04:05"))
}

// dayOf is the day of t relative to today; "" for today.
func (v *view) dayOf(t time.Time) string {
	d, today := conversations.DateOf(v.local(t)), conversations.DateOf(v.now)
	switch d {
	case today:
		return ""
	case today.AddDays(-1):
		return v.T("time.yesterday")
	}
	return v.date(d)
}

// separator heads the messages of one stretch of time.
func (v *view) separator(t time.Time) string {
	if day := v.dayOf(t); day != "" {
		return day + " " + v.clock(t)
	}
	return v.T("time.today") + " " + v.clock(t)
}

// when is the list's time: today's hour, or the day.
func (v *view) when(t time.Time) string {
	if day := v.dayOf(t); day != "" {
		return day
	}
	return v.clock(t)
}

// date is a day of the year, with the year if it is another one.
func (v *view) date(d conversations.Date) string {
	month := strings.Fields(v.T("time.months"))[d.Month-1]
	if d.Year != v.now.Year() {
		return v.T("time.date_year", "y", d.Year, "month", month, "d", d.Day)
	}
	return v.T("time.date", "month", month, "d", d.Day)
}

// weekday names the day of the week.
func (v *view) weekday(d conversations.Date) string {
	return strings.Fields(v.T("time.weekdays"))[d.Weekday()]
}

// day is a date with its weekday, as dates are always read back.
func (v *view) day(d conversations.Date) string {
	if d.IsZero() {
		return "–"
	}
	return v.T("time.day", "date", v.date(d), "weekday", v.weekday(d))
}

// span is a length of time in its largest unit.
func (v *view) span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return v.T("time.now")
	case d < time.Hour:
		return v.T("time.minutes", "n", int(d.Minutes()))
	case d < 48*time.Hour:
		return v.T("time.hours", "n", int(d.Hours()))
	}
	return v.T("time.days", "n", int(d.Hours()/24))
}

// How long a candidate may wait for a person before it shows.
const (
	waitAmber = 10 * time.Minute
	waitRed   = 30 * time.Minute
)

// urgency is the CSS class of a wait.
func (v *view) urgency(since time.Time) string {
	switch w := v.now.Sub(since); {
	case w >= waitRed:
		return "red"
	case w >= waitAmber:
		return "amber"
	}
	return "calm"
}

// who names the author of a message.
func (v *view) who(a conversations.Author) string {
	switch a {
	case conversations.ByCandidate:
		return v.T("who.candidate")
	case conversations.ByBot:
		return v.T("who.bot")
	case conversations.BySystem:
		return v.T("who.system")
	}
	return v.colleague(a.Agent())
}

// colleague names an agent.
func (v *view) colleague(id string) string {
	if id == v.agent.ID && !v.paper {
		return v.T("who.me")
	}
	if name := v.agents[id]; name != "" {
		return name
	}
	if system, ok := strings.CutPrefix(id, conversations.BySystemNamed); ok {
		return v.T("who.system_named", "name", system)
	}
	return v.T("who.agent")
}

// owner says who speaks to the candidate.
func (v *view) owner(o conversations.Owner) string {
	switch o.Kind {
	case conversations.OwnedByQueue:
		return v.T("owner.queue")
	case conversations.OwnedByAgent:
		return v.colleague(o.Agent)
	}
	return v.T("owner.bot")
}

// describe names the account that a message travels by.
func (v *view) describe(account string) conversations.Description {
	d, ok := v.channels.Describe(account)
	if !ok || d.Name == "" {
		d.Name = account
	}
	return d
}

// person names a candidate, or the follower nobody has recognised.
func (v *view) person(name string) string {
	if name == "" {
		return v.T("who.unknown")
	}
	return name
}

// initial is the letter of an avatar: the family name's character, or the
// first letter.
func initial(name string) string {
	r, _ := utf8.DecodeRuneInString(strings.TrimSpace(name))
	if r == utf8.RuneError {
		return ""
	}
	return string(unicode.ToUpper(r))
}

// hue picks one of the avatars' colours, always the same for the same id.
func hue(id string) string {
	n := 0
	for _, b := range []byte(id) {
		n = (n*31 + int(b)) % 7
	}
	return "hue-" + strconv.Itoa(n)
}

// masked keeps only as much of a phone number as people need to compare.
func masked(phone string) string {
	r := []rune(phone)
	if len(r) < 7 {
		return strings.Repeat("•", len(r))
	}
	tail := len(r) - 4
	head := max(tail-4, 0)
	return string(r[:head]) + "••••" + string(r[tail:])
}

// size is a number of bytes for people.
func size(n int64) string {
	switch {
	case n < 1<<10:
		return strconv.FormatInt(n, 10) + " B"
	case n < 1<<20:
		return strconv.FormatInt(n>>10, 10) + " KB"
	}
	return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
}

// score is an interview's result without needless digits.
func score(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// full is a point in time with its year, for paper.
func (v *view) full(t time.Time) string { return v.local(t).Format("2006-01-02 15:04") }

// soon is a point in time to come: its hour, with the weekday if it is not
// today.
func (v *view) soon(t time.Time) string {
	if d := conversations.DateOf(v.local(t)); d != conversations.DateOf(v.now) {
		return v.weekday(d) + " " + v.clock(t)
	}
	return v.clock(t)
}

// millis is a time for the browser's own clock.
func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// dayAndClock is a point in time with its weekday.
func (v *view) dayAndClock(t time.Time) string {
	return v.day(conversations.DateOf(v.local(t))) + " " + v.clock(t)
}
