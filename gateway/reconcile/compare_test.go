package reconcile

import (
	"slices"
	"testing"
	"time"

	c "jiebao/conversations"
)

func day(d int) c.Date { return c.Date{Year: 2026, Month: time.July, Day: d} }

func digest() *c.Digest {
	return &c.Digest{Candidate: "C-1", Sequence: 5, Stand: c.Stand{
		Offered: day(6), Agreed: day(13), Answer: c.Confirmed,
		Documents: []c.DigestDocument{{ID: "d1", SHA256: "aa", Item: "id_card", State: c.DocumentAccepted}, {ID: "d2", SHA256: "bb", State: c.DocumentRejected}},
	}, Former: []c.DigestDocument{{ID: "d0", SHA256: "00"}}}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	confirmed, declined := c.Confirmed, c.Declined
	date := func(d int) *c.Date { x := day(d); return &x }
	past := &Past{c.Stand{Offered: day(6)}, true}
	for _, tc := range []struct {
		name    string
		belief  c.Belief
		digest  *c.Digest
		past    *Past
		want    c.Disagreement
		differs []string
	}{
		{"equal", c.Belief{Sequence: 5, StartDate: date(13), Answer: &confirmed}, digest(), nil, c.Agreement, nil},
		{"only the sequence", c.Belief{Sequence: 5}, digest(), nil, c.Agreement, nil},
		{"nobody", c.Belief{Sequence: 5}, nil, nil, c.UnknownToUs, nil},
		{"ahead", c.Belief{Sequence: 6}, digest(), nil, c.AheadOfUs, nil},
		{"behind", c.Belief{Sequence: 2}, digest(), nil, c.BehindUs, nil},
		{"behind, with the date of then", c.Belief{Sequence: 2, StartDate: date(6)}, digest(), past, c.BehindUs, nil},
		{"behind, with the date of now", c.Belief{Sequence: 2, StartDate: date(13)}, digest(), past, c.BehindUs, nil},
		{"behind, with no date yet", c.Belief{Sequence: 2, StartDate: &c.Date{}}, digest(), past, c.BehindUs, nil},
		{"behind, nobody knows what was then", c.Belief{Sequence: 2, StartDate: date(20)}, digest(), &Past{}, c.BehindUs, nil},
		{"both changed the date", c.Belief{Sequence: 2, StartDate: date(20)}, digest(), past, c.InConflict, []string{c.PartStartDate}},
		{"both changed the answer", c.Belief{Sequence: 2, Answer: &declined}, digest(), past, c.InConflict, []string{c.PartAnswer}},
		{"another date", c.Belief{Sequence: 5, StartDate: date(20)}, digest(), nil, c.InConflict, []string{c.PartStartDate}},
		{"date lost", c.Belief{Sequence: 5, StartDate: &c.Date{}}, digest(), nil, c.InConflict, []string{c.PartStartDate}},
		{"another answer", c.Belief{Sequence: 5, Answer: &declined}, digest(), nil, c.InConflict, []string{c.PartAnswer}},
		{"its documents", c.Belief{Sequence: 5, Documents: []c.DigestDocument{{ID: "d1", SHA256: "AA"}, {ID: "d0"}}}, digest(), nil, c.Agreement, nil},
		{"a document lost", c.Belief{Sequence: 5, Documents: []c.DigestDocument{}}, digest(), nil, c.InConflict, []string{c.PartDocuments}},
		{"other bytes", c.Belief{Sequence: 5, Documents: []c.DigestDocument{{ID: "d1", SHA256: "ff"}}}, digest(), nil, c.InConflict, []string{c.PartDocuments}},
		{"behind, documents still to come", c.Belief{Sequence: 2, Documents: []c.DigestDocument{}}, digest(), past, c.BehindUs, nil},
		{"behind, a document nobody knows", c.Belief{Sequence: 2, Documents: []c.DigestDocument{{ID: "d9"}}}, digest(), past, c.InConflict, []string{c.PartDocuments}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got, differs := Compare(tc.belief, tc.digest, tc.past); got != tc.want || !slices.Equal(differs, tc.differs) {
				t.Errorf("%q %v, want %q %v", got, differs, tc.want, tc.differs)
			}
		})
	}
}

func FuzzCompare(f *testing.F) {
	f.Add(int64(5), 13, "confirmed", "d1", "aa")
	f.Add(int64(-1), 0, "", "", "")
	f.Add(int64(9), 40, "nonsense", "d0", "\xff")
	f.Fuzz(func(t *testing.T, sequence int64, d int, answer, id, sum string) {
		date, said, is := day(d), c.Answer(answer), digest()
		b := c.Belief{Sequence: sequence, StartDate: &date, Answer: &said, Documents: []c.DigestDocument{{ID: id, SHA256: sum}}}
		past := &Past{is.Stand, true}
		how, differs := Compare(b, is, past)
		switch {
		case (how == c.InConflict) != (len(differs) > 0):
			t.Errorf("%q, and it differs in %v", how, differs)
		case sequence > is.Sequence && how != c.AheadOfUs:
			t.Errorf("%q of an event that never was", how)
		case sequence < is.Sequence && how == c.Agreement:
			t.Error("who lacks events agrees")
		case sequence < is.Sequence && !NeedsPast(b, is):
			if again, _ := Compare(b, is, nil); again != how {
				t.Errorf("the past counts though it is not needed: %q and %q", how, again)
			}
		}
		if own, _ := Compare(is.Belief(), is, nil); own != c.Agreement {
			t.Errorf("what it says itself is %q", own)
		}
	})
}
