package documents

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"
)

// What is taken of recordings. Platforms bound voice messages to 2 MB and a
// minute (上传临时素材: 语音2MB，播放长度不超过60s); a longer one is no message, and
// would fill the memory of whoever plays it.
const (
	voiceSize   = 2 << 20
	voiceLength = 10 * time.Minute
)

// PutVoice takes in the recording of a voice message as Put takes in documents.
// Only AMR is taken, narrow-band and with one channel: what the platforms of
// Tencent hand out. Of the limits only the scanner counts.
func (s *Store) PutVoice(ctx context.Context, id string, r io.Reader, limits Limits) (Info, error) {
	return s.put(ctx, id, newIntake(r, Limits{Size: voiceSize}, voices()), limits.Scanner)
}

// voices are the recordings that are taken, by the type that mimetype finds.
func voices() map[string]kind {
	return map[string]kind{
		"audio/amr": {mime: "audio/amr", begins: beginsAMR, whole: func(Limits) inspector { return &amrInspector{} }},
	}
}

// amrMagic begins a file of AMR narrow-band with one channel (RFC 4867, 5.1).
const amrMagic = "#!AMR\n"

func beginsAMR(head []byte) bool { return bytes.HasPrefix(head, []byte(amrMagic)) }

// frameLength is how long a frame takes to hear (RFC 4867, 3.1).
const frameLength = 20 * time.Millisecond

// amrFrame is how many bytes a frame has that begins with b, 0 for none: a
// header of which the bits P must be 0, and speech of the size that its type
// says (RFC 4867, 5.3; the sizes are those of 3GPP TS 26.101, table 1a, in whole
// bytes). Types 12 to 14 are for future use.
func amrFrame(b byte) int {
	const padding = 0x83
	if b&padding != 0 {
		return 0
	}
	sizes := [16]int{12, 13, 15, 17, 19, 20, 26, 31, 5, 6, 5, 5, -1, -1, -1, 0}
	return 1 + sizes[b>>3&0xF]
}

// amrInspector counts the frames of a recording as they go by, up to what is
// none: players end there too.
type amrInspector struct {
	n      int64 // bytes
	left   int   // of the frame that goes by
	frames int64 // that went by whole
	ended  bool  // what goes by is no frame
}

func (a *amrInspector) Write(p []byte) (int, error) {
	whole := len(p)
	if a.n < int64(len(amrMagic)) {
		skip := min(int64(len(p)), int64(len(amrMagic))-a.n)
		a.n += skip
		p = p[skip:]
	}
	a.n += int64(len(p))
	for len(p) > 0 && !a.ended {
		if a.left == 0 {
			a.left = amrFrame(p[0])
			a.ended = a.left == 0
		}
		passed := min(a.left, len(p))
		p, a.left = p[passed:], a.left-passed
		if a.left == 0 && !a.ended {
			a.frames++
		}
	}
	return whole, nil
}

// length is how long the recording takes to hear.
func (a *amrInspector) length() time.Duration { return time.Duration(a.frames) * frameLength }

// length is how long what came in takes to hear, 0 unless it is a recording.
func (in *intake) length() time.Duration {
	if a, is := in.look.(*amrInspector); is {
		return a.length()
	}
	return 0
}

// verdict forgives a last frame that is cut off, and bytes behind the last: the
// candidate's words are worth more than a tidy end.
func (a *amrInspector) verdict() *Refused {
	switch {
	case a.frames == 0:
		return &Refused{Unreadable, "there is nothing to hear in it"}
	case a.length() > voiceLength:
		return &Refused{TooLarge, fmt.Sprintf("it takes %s to hear, at most %s are taken", a.length(), voiceLength)}
	}
	return nil
}

var _ inspector = (*amrInspector)(nil)
