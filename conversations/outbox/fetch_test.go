package outbox

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
)

// platformShelf is a platform that holds one file, and the store it comes to.
type platformShelf struct {
	body   string
	gone   error
	broken error
	kept   map[string]string
}

func (s *platformShelf) FetchMedia(context.Context, string, string) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(s.body)), s.gone
}

func (s *platformShelf) Keep(_ context.Context, id string, r io.Reader) (conversations.Filed, error) {
	b, _ := io.ReadAll(r)
	s.kept[id] = string(b)
	return conversations.Filed{MIME: "image/png"}, s.broken
}

func (s *platformShelf) KeepVoice(_ context.Context, id string, r io.Reader) (conversations.Recorded, error) {
	b, _ := io.ReadAll(r)
	s.kept[id] = "voice " + string(b)
	return conversations.Recorded{Size: int64(len(b)), Length: time.Second}, s.broken
}

func TestFetchedFilesComeWhereTheyBelong(t *testing.T) {
	t.Parallel()
	const photo, voice = `{"conversation":"c1","document":"c1-d1","ref":"m"}`, `{"conversation":"c1","document":"c1-v7","voice":true,"ref":"m"}`
	expired := &conversations.SendError{Reason: conversations.MediaExpired}
	for name, c := range map[string]struct {
		task         string
		gone, broken error
		then         conversations.Command
	}{
		"a photo":             {photo, nil, nil, conversations.Filed{Document: "c1-d1", MIME: "image/png"}},
		"a voice":             {voice, nil, nil, conversations.Recorded{Recording: "c1-v7", Size: 4, Length: time.Second}},
		"a photo too late":    {photo, expired, nil, conversations.Filed{Document: "c1-d1", Refused: "expired"}},
		"a voice too late":    {voice, expired, nil, conversations.Recorded{Recording: "c1-v7", Refused: "expired"}},
		"while the disk hurt": {voice, nil, errors.New("full"), nil},
	} {
		s := &platformShelf{body: "file", gone: c.gone, broken: c.broken, kept: map[string]string{}}
		now := func() time.Time { return time.Unix(1_800_000_000, 0) }
		f := Fetch{Media: s, Files: s, Retry: DefaultRetry(func() float64 { return 1 }), Now: now}
		o := f.Do(t.Context(), Item{ID: "fetch", Kind: conversations.TaskFetch, Body: []byte(c.task), Created: now()})
		if o.Then != c.then {
			t.Errorf("%s: then %+v (%v), want %+v", name, o.Then, o.Verdict, c.then)
		}
	}
}
