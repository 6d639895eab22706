package documents

import (
	"slices"
	"testing"
)

// framesOf counts the frames of a recording the plain way, all of it in memory.
func framesOf(b []byte) (n int64) {
	for b = b[min(len(amrMagic), len(b)):]; len(b) > 0; n++ {
		size := amrFrame(b[0])
		if size == 0 || size > len(b) {
			return n
		}
		b = b[size:]
	}
	return n
}

// However a recording comes in pieces, its frames are the same.
func FuzzFrames(f *testing.F) {
	f.Add([]byte("#!AMR\n"), uint8(1))
	f.Add(append([]byte("#!AMR\n\x3c"), make([]byte, 31)...), uint8(7))
	f.Add([]byte("#!AMR\n\x7c\x7c\x44\x00\x00\x00\x00\x00\xff\x7c"), uint8(3))
	f.Fuzz(func(t *testing.T, b []byte, piece uint8) {
		var a amrInspector
		for part := range slices.Chunk(b, max(1, int(piece))) {
			if n, err := a.Write(part); n != len(part) || err != nil {
				t.Fatalf("took %d of %d: %v", n, len(part), err)
			}
		}
		if want := framesOf(b); a.frames != want || a.n != int64(len(b)) {
			t.Errorf("%d frames in %d bytes, want %d in %d", a.frames, a.n, want, len(b))
		}
	})
}
