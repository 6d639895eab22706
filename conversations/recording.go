package conversations

import (
	"slices"
	"strconv"
	"time"
)

// Recording is a voice message as the candidate spoke it. It is kept beside
// what a platform heard in it, which is the message's text, and is no document:
// it belongs to no application and on no checklist, followers have recordings
// too, and other systems are told of the message alone.
type Recording struct {
	N      int64          `json:"n"` // of the message
	State  RecordingState `json:"state,omitempty"`
	Reason string         `json:"reason,omitempty"` // why it is lost: as Recorded.Refused
	Size   int64          `json:"size,omitempty"`   // bytes
	Millis int64          `json:"ms,omitempty"`     // how long it takes to hear
}

// RecordingState is how far a recording has come.
type RecordingState string

// The states. Lost is for good: platforms give nothing out twice after they
// forgot it.
const (
	RecordingFetching RecordingState = ""
	RecordingKept     RecordingState = "kept"
	RecordingLost     RecordingState = "lost"
)

// Length is how long a recording that is kept takes to hear.
func (r Recording) Length() time.Duration { return time.Duration(r.Millis) * time.Millisecond }

// maxRecordings is how many voice messages of one conversation are kept as they
// were spoken, so that nobody fills the store, nor the state that names them:
// what was lost counts as well.
const maxRecordings = 120

// Recorded reports what became of a recording that was to be fetched.
type Recorded struct {
	Recording string // its id in the documents store
	Size      int64  // bytes
	Length    time.Duration
	Refused   string // why it was not kept: too_large, wrong_type, unreadable, Infected, expired; "" if it was
}

func (Recorded) command() {}

// RecordingID is the id of message n's recording in the documents store. Like
// those of documents it never means anything to a file system; unlike them no
// system outside can ask for it.
func (c *Conversation) RecordingID(n int64) string { return c.ID + "-v" + strconv.FormatInt(n, 10) }

// Recording returns what is known of message n's recording, or nil.
func (c *Conversation) Recording(n int64) *Recording {
	i := slices.IndexFunc(c.Recordings, func(r Recording) bool { return r.N == n })
	if i < 0 {
		return nil
	}
	return &c.Recordings[i]
}

// fetchVoice asks for the download of a voice message's recording, before the
// platform forgets it. Whatever comes of it, the bot answers what it was told
// that was said.
func (t *turn) fetchVoice(in Inbound, m *Message) {
	if in.Media == "" || in.Kind != Voice {
		return
	}
	if len(t.c.Recordings) >= maxRecordings {
		return
	}
	t.c.Recordings = append(slices.Clip(t.c.Recordings), Recording{N: m.N})
	id := t.c.RecordingID(m.N)
	t.task(TaskFetch, "fetch_"+id, Fetch{Conversation: t.c.ID, Document: id, Voice: true, From: in.Address, Ref: in.Media})
}

// recorded books what a download came to. Nobody is told: the thread shows it.
func (t *turn) recorded(c Recorded) error {
	i := slices.IndexFunc(t.c.Recordings, func(r Recording) bool { return t.c.RecordingID(r.N) == c.Recording })
	if i < 0 || t.c.Recordings[i].State != RecordingFetching {
		t.unchanged()
		return nil
	}
	t.c.Recordings = slices.Clone(t.c.Recordings)
	r := &t.c.Recordings[i]
	r.State, r.Size, r.Millis = RecordingKept, c.Size, c.Length.Milliseconds()
	if c.Refused != "" {
		*r = Recording{N: r.N, State: RecordingLost, Reason: c.Refused}
	}
	return nil
}
