package documents

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// scan has a document looked at that nobody can open yet, since it has no
// info, and takes it away again unless it is good. The bytes come from the
// bucket and not from the sender, whose slow line no scanner would wait for.
func (s *Store) scan(ctx context.Context, id string, by Scanner) (string, error) {
	if by == nil {
		return NotScanned, nil
	}
	r, err := s.read(ctx, contentKey(id))
	if err != nil {
		return "", err
	}
	found, err := by.Scan(ctx, r)
	err = errors.Join(err, r.Close())
	switch {
	case err != nil:
		err = fmt.Errorf("looking for viruses: %w", err)
	case found != "":
		err = refusedBy(found)
	default:
		return Clean, nil
	}
	return "", errors.Join(err, s.Delete(context.WithoutCancel(ctx), id))
}

// refusedBy says why a document is refused in which a scanner found something.
// What begins with Heuristics says, by ClamAV's naming, that the scanner could
// not look into it as it was told to; no virus was found.
func refusedBy(found string) *Refused {
	reason := Infected
	switch {
	case strings.HasPrefix(found, "Heuristics.Encrypted."):
		reason = Encrypted
	case strings.HasPrefix(found, "Heuristics.Limits."):
		reason = Unreadable
	}
	return &Refused{reason, "the scanner found " + found}
}
