package documents_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"jiebao/conversations/documents"
)

// spoken is a recording of so many frames of 12.2 kbit/s, of silence.
func spoken(frames int) []byte {
	frame := append([]byte{7<<3 | 4}, make([]byte, 31)...)
	return append([]byte("#!AMR\n"), bytes.Repeat(frame, frames)...)
}

func TestRecordingsAreKept(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for name, c := range map[string]struct {
		amr    []byte
		length time.Duration
	}{
		"a second":           {spoken(50), time.Second},
		"cut off":            {spoken(50)[:6+49*32+7], 980 * time.Millisecond},
		"bytes behind":       {append(spoken(50), "\xff\xff"...), time.Second},
		"silence in between": {append(append(spoken(10), 8<<3|4, 0, 0, 0, 0, 0, 15<<3|4), spoken(10)[6:]...), 440 * time.Millisecond},
		"4.75 kbit/s":        {append([]byte("#!AMR\n\x04"), make([]byte, 12)...), 20 * time.Millisecond},
	} {
		s := newStore(t, openDir(t, t.TempDir()))
		info, err := s.PutVoice(ctx, "c1-v1", bytes.NewReader(c.amr), documents.Limits{})
		if err != nil || info.MIME != "audio/amr" || info.Size != int64(len(c.amr)) || info.Length != c.length {
			t.Errorf("%s: %+v, %v", name, info, err)
			continue
		}
		r, again, err := s.Open(ctx, "c1-v1")
		if err != nil || again != info {
			t.Fatalf("%s: opened as %+v, %v", name, again, err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, c.amr) {
			t.Errorf("%s: came back as %d bytes, %v", name, len(got), err)
		}
		_ = r.Close()
	}
}

func TestWhatIsNoRecordingIsRefused(t *testing.T) {
	t.Parallel()
	long := append([]byte("#!AMR\n"), bytes.Repeat([]byte{15<<3 | 4}, 10*60*50+1)...)
	for name, c := range map[string]struct {
		bytes  []byte
		reason documents.Reason
	}{
		"nothing":     {nil, documents.Unreadable},
		"a page":      {[]byte("<!doctype html><script>1</script>"), documents.WrongType},
		"a photo":     {samples(t)["image/png"], documents.WrongType},
		"wide band":   {[]byte("#!AMR-WB\n\x04" + strings.Repeat("\x00", 60)), documents.WrongType},
		"stereo":      {[]byte("#!AMR_MC1.0\n\x00\x00\x00\x02"), documents.WrongType},
		"the magic":   {[]byte("#!AMR\n"), documents.Unreadable},
		"no frame":    {[]byte("#!AMR\n<script>"), documents.Unreadable},
		"too long":    {long, documents.TooLarge},
		"too large":   {spoken(2 << 20 / 32), documents.TooLarge},
		"a line less": {[]byte("#!AMR\r\n\x04aaaaaaaaaaaa"), documents.WrongType},
	} {
		s := newStore(t, openDir(t, t.TempDir()))
		_, err := s.PutVoice(t.Context(), "c1-v1", bytes.NewReader(c.bytes), documents.Limits{})
		var refused *documents.Refused
		if !errors.As(err, &refused) || refused.Reason != c.reason {
			t.Errorf("%s: %v, want %s", name, err, c.reason)
		}
		if _, _, err := s.Open(t.Context(), "c1-v1"); !errors.Is(err, documents.ErrNotFound) {
			t.Errorf("%s: something was kept: %v", name, err)
		}
	}
}

// A voice message is no document: nobody files one as a certificate.
func TestRecordingsAreNoDocuments(t *testing.T) {
	t.Parallel()
	var refused *documents.Refused
	if _, err := newStore(t, openDir(t, t.TempDir())).Put(t.Context(), "c1-d1", bytes.NewReader(spoken(50)), documents.Limits{}); !errors.As(err, &refused) || refused.Reason != documents.WrongType {
		t.Errorf("kept as a document: %v", err)
	}
}
