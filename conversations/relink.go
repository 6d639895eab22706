package conversations

import (
	"slices"
	"time"
)

// RelinkEvery is how often, at most, whoever holds a link that has expired can
// have a new one sent.
const RelinkEvery = time.Hour

// relink sends the candidate a new link to their page, where they are known to
// be reached: whoever asks holds an old link, and need not be them. They are
// told the same whatever comes of it.
func (t *turn) relink() error {
	link := t.page()
	if t.c.Application() == nil || link == "" || t.now.Sub(t.c.Relinked) < RelinkEvery {
		t.unchanged()
		return nil
	}
	t.contacts()
	away := *t.c
	away.Reaches = slices.DeleteFunc(slices.Clone(t.c.Reaches), func(r Reach) bool { return r.Address.Account == PageAccount })
	road := away.Road(t.now, t.e.Channels.Describe)
	if road == nil {
		t.unchanged()
		return nil
	}
	text, err := t.words("page.relink.message", map[string]any{"link": link})
	if err != nil {
		return err
	}
	t.c.Relinked, t.answering, t.to = t.now, true, t.c.Reach(road.Address)
	t.put(ByBot, t.to, t.describe(t.to), speech{text: text})
	return nil
}
