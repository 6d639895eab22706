package nlu

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// row is a line of a labelled file.
type row struct {
	text, ref, want string
	offered         Date
	alt             []string
	note            string
}

func readRows(t testing.TB, path string) []row {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []row
	var head []string
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		cols := strings.Split(lines.Text(), "\t")
		if strings.HasPrefix(lines.Text(), "#") {
			cols[0] = strings.TrimPrefix(cols[0], "#")
			if len(cols) > 1 {
				head = cols
			}
			continue
		}
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var r row
		for i, c := range cols {
			switch head[i] {
			case "utterance":
				r.text = c
			case "reference":
				r.ref = c
			case "expected":
				r.want = c
			case "offered":
				if c != "" {
					d, err := ParseDate(c)
					if err != nil {
						t.Fatal(err)
					}
					r.offered = d
				}
			case "alt":
				if c != "" {
					r.alt = strings.Split(c, "|")
				}
			default:
				r.note = c
			}
		}
		rows = append(rows, r)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// scoreDates reads every row and returns the strict and lenient hits.
func scoreDates(t *testing.T, rows []row, show bool) (strict, lenient int) {
	t.Helper()
	u := New(China())
	for _, r := range rows {
		now, err := time.Parse(time.RFC3339, r.ref)
		if err != nil {
			t.Fatalf("%q: %v", r.text, err)
		}
		got := u.Understand(Input{Text: r.text, Now: now, Offered: r.offered}).Date.String()
		ok := got == r.want
		if ok {
			strict++
		}
		for _, a := range r.alt {
			ok = ok || a == got
		}
		if ok {
			lenient++
		} else if show {
			t.Logf("%s (%s %s): %s, want %s", r.text, r.ref[:10], r.offered, got, r.want)
		}
	}
	return strict, lenient
}

// TestPublicDates scores the labelled sentences from public corpora, which live
// beside the project, in its shared folder.
func TestPublicDates(t *testing.T) {
	t.Parallel()
	for name, bar := range map[string]struct{ strict, lenient float64 }{
		"dates.tsv": {93, 97}, "dates_hard.tsv": {85, 90},
	} {
		path := filepath.Join("..", "..", "..", "shared", "nlu", name)
		if _, err := os.Stat(path); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("the labelled sentences are missing: %v", err)
			}
			t.Skipf("the labelled sentences of %s are not on this machine", name)
		}
		rows := readRows(t, path)
		strict, lenient := scoreDates(t, rows, true)
		s, l := 100*float64(strict)/float64(len(rows)), 100*float64(lenient)/float64(len(rows))
		t.Logf("%s: strict %.1f %%, lenient %.1f %% of %d", name, s, l, len(rows))
		if s < bar.strict || l < bar.lenient {
			t.Errorf("%s: below %v", name, bar)
		}
	}
}

// TestOwnDates scores the project's own sentences. The rules were grown against
// dates.tsv; dates_heldout.tsv was set aside when the sentences were written,
// and its misses are not shown, so that nobody tunes to them.
func TestOwnDates(t *testing.T) {
	t.Parallel()
	for name, bar := range map[string]float64{"dates.tsv": 97, "dates_heldout.tsv": 90} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := readRows(t, filepath.Join("testdata", name))
			strict, lenient := scoreDates(t, rows, !strings.Contains(name, "heldout"))
			s, l := 100*float64(strict)/float64(len(rows)), 100*float64(lenient)/float64(len(rows))
			t.Logf("%s: strict %.1f %%, lenient %.1f %% of %d", name, s, l, len(rows))
			if s < bar {
				t.Errorf("%s: strict %.1f %% is below %.0f %%", name, s, bar)
			}
		})
	}
}

// joined gives the intents as the labelled files write them.
func joined(list []Intent) string {
	names := make([]string, len(list))
	for i, in := range list {
		names[i] = in.String()
	}
	slices.Sort(names)
	return strings.Join(names, "+")
}

func sortLabel(s string) string {
	names := strings.Split(s, "+")
	slices.Sort(names)
	return strings.Join(names, "+")
}

// TestOwnIntents scores the project's own sentences, of which a third was held
// out as for dates. No confirmation or refusal may be read that is not there.
func TestOwnIntents(t *testing.T) {
	t.Parallel()
	u := New(China())
	for name, bar := range map[string]float64{"intents.tsv": 95, "intents_heldout.tsv": 87} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := readRows(t, filepath.Join("testdata", name))
			strict, lenient := 0, 0
			for _, r := range rows {
				now, err := time.Parse(time.RFC3339, r.ref)
				if err != nil {
					t.Fatal(err)
				}
				reading := u.Understand(Input{Text: r.text, Now: now, Offered: r.offered})
				got, want := joined(reading.Intents), sortLabel(r.want)
				ok := got == want
				if ok {
					strict++
				}
				accepted := r.want
				for _, a := range r.alt {
					ok = ok || sortLabel(a) == got
					accepted += " " + a
				}
				if ok {
					lenient++
				} else if !strings.Contains(name, "heldout") {
					t.Logf("%s: %s, want %s %v", r.text, got, want, reading.Evidence)
				}
				for _, grave := range []Intent{Confirm, Decline} {
					if reading.Has(grave) && !strings.Contains(accepted, grave.String()) {
						t.Errorf("%s: reads %s, which was not said", r.text, grave)
					}
				}
			}
			s, l := 100*float64(strict)/float64(len(rows)), 100*float64(lenient)/float64(len(rows))
			t.Logf("%s: strict %.1f %%, lenient %.1f %% of %d", name, s, l, len(rows))
			if s < bar {
				t.Errorf("%s: strict %.1f %% is below %.0f %%", name, s, bar)
			}
		})
	}
}

// TestNeitherConfirmsNorDeclines reads sentences that sound like an agreement
// or a refusal and are none.
func TestNeitherConfirmsNorDeclines(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join("testdata", "neither.txt"))
	if err != nil {
		t.Fatal(err)
	}
	u := New(China())
	for text := range strings.Lines(string(b)) {
		r := u.Understand(Input{Text: text, Now: wednesday, Offered: monday6})
		if r.Has(Confirm) || r.Has(Decline) {
			t.Errorf("%s: reads %v from %v", strings.TrimSpace(text), r.Intents, r.Evidence)
		}
	}
}
