package documents_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"jiebao/conversations/documents"
)

// scanner finds what its words are, in whatever it is shown.
type scanner struct {
	found string
	err   error
	saw   []byte
}

func (s *scanner) Scan(_ context.Context, r io.Reader) (string, error) {
	var err error
	if s.saw, err = io.ReadAll(r); err != nil {
		return "", err
	}
	return s.found, s.err
}

func TestDocumentsAreScanned(t *testing.T) {
	t.Parallel()
	away := errors.New("away")
	for name, c := range map[string]struct {
		by      scanner
		refused documents.Reason
		err     error
	}{
		"clean":                 {},
		"a virus":               {by: scanner{found: "Eicar-Test-Signature"}, refused: documents.Infected},
		"what has a password":   {by: scanner{found: "Heuristics.Encrypted.PDF"}, refused: documents.Encrypted},
		"more than it looks at": {by: scanner{found: "Heuristics.Limits.Exceeded.MaxScanTime"}, refused: documents.Unreadable},
		"the scanner is away":   {by: scanner{err: away}, err: away},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := newStore(t, openDir(t, dir))
			info, err := s.Put(t.Context(), "d1", bytes.NewReader(pdf("x")), documents.Limits{Scanner: &c.by})
			if !bytes.Equal(c.by.saw, pdf("x")) {
				t.Errorf("it was shown %q", c.by.saw)
			}
			if c.refused == "" && c.err == nil {
				if err != nil || info.Scan != documents.Clean {
					t.Errorf("%+v, %v", info, err)
				}
				if _, kept, err := read(t, s, "d1"); err != nil || kept != info {
					t.Errorf("kept is %+v, %v", kept, err)
				}
				return
			}
			var refused *documents.Refused
			if errors.As(err, &refused) != (c.refused != "") || refused != nil && refused.Reason != c.refused || c.err != nil && !errors.Is(err, c.err) {
				t.Errorf("Put = %v", err)
			}
			if left := files(t, dir); len(left) != 1 {
				t.Errorf("it left %q behind", left)
			}
		})
	}
}

func TestPagesAreLimited(t *testing.T) {
	t.Parallel()
	s := newStore(t, openDir(t, t.TempDir()))
	three := pdf("<</Type/Page>><</Type/Page>><</Type/Page>>")
	var refused *documents.Refused
	if _, err := s.Put(t.Context(), "d1", bytes.NewReader(three), documents.Limits{Pages: 2}); !errors.As(err, &refused) || refused.Reason != documents.TooManyPages {
		t.Errorf("3 of at most 2 pages: %v", err)
	}
	if _, err := s.Put(t.Context(), "d2", bytes.NewReader(three), documents.Limits{Pages: 3}); err != nil {
		t.Errorf("3 of at most 3 pages: %v", err)
	}
}
