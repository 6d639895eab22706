// Package daily writes what a feed got in a day to a file, for banks that move
// files by night (SFTP) instead of being called. Each day of a feed has
//
//	archive-2026-06-24.jsonl               the events in the feed's order, a line each, byte for byte as webhooks get them
//	archive-2026-06-24.manifest.json       how many, which positions, their SHA-256, and the SHA-256 of the manifest before
//	archive-2026-06-24.manifest.json.sig   the manifest's Ed25519 signature (RFC 8032), 64 bytes
//
// and archive.public-key.pem stands beside them. A day has its files also when
// nothing happened, and days that were missed get theirs later: the manifests
// are a chain, in which nobody can leave out, change or add an event without
// its being seen. The manifest comes last, so that a day with one is whole.
//
// Who has no Jiebao can check a signature by
//
//	openssl pkeyutl -verify -pubin -inkey archive.public-key.pem -rawin -in FILE.manifest.json -sigfile FILE.manifest.json.sig
//
// and hand over the key itself by another road than the files.
//
// Imports: relay and the standard library.
package daily

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"jiebao/conversations/relay"
)

// Format is the manifest's. A change that readers could stumble over takes
// another.
const Format = "jiebao.daily/1"

// Manifest says what is in a day's file.
type Manifest struct {
	Format   string    `json:"format"`
	Endpoint string    `json:"endpoint"`
	Day      string    `json:"day"`  // on which it begins, in the bank's time zone
	From     time.Time `json:"from"` // of what the feed got from then on
	To       time.Time `json:"to"`   // and before then
	File     string    `json:"file"`
	Size     int64     `json:"size"` // in bytes
	SHA256   string    `json:"sha256"`
	Events   int       `json:"events"` // lines
	// After is the feed's position before the first event, and Upto that of the
	// last one; they are equal on a day without events. Between them positions
	// may be missing.
	After int64 `json:"after"`
	Upto  int64 `json:"upto"`
	// Previous is the SHA-256 of the manifest of the day before; empty of the
	// first.
	Previous string    `json:"previous,omitempty"`
	Made     time.Time `json:"made"`
}

// Writer writes the files of one feed into a folder that nobody else writes to.
type Writer struct {
	Dir      string
	Endpoint string
	At       time.Duration // after midnight, when a day begins
	Zone     *time.Location
	Signer   *Signer
	// Read returns the feed's records above a position, as relay.Store does.
	Read func(ctx context.Context, after int64, limit int) ([]relay.Record, error)
}

// dayFormat names days so that names sort like days.
const dayFormat = "2006-01-02"

// Write writes the files of every day that is over by now, and returns when the
// next one is.
func (w *Writer) Write(ctx context.Context, now time.Time) (next time.Time, err error) {
	if err := w.prepare(); err != nil {
		return time.Time{}, fmt.Errorf("preparing the folder of daily files: %w", err)
	}
	last, digest, err := w.last()
	if err != nil {
		return time.Time{}, err
	}
	day, err := w.first(ctx, last, now)
	if err != nil {
		return time.Time{}, err
	}
	for end := w.after(day); !end.After(now); day, end = end, w.after(end) {
		m := Manifest{
			Format: Format, Endpoint: w.Endpoint, Day: day.Format(dayFormat), From: day, To: end,
			After: last.Upto, Previous: digest, Made: now.In(w.Zone).Truncate(time.Second),
		}
		if digest, err = w.writeDay(ctx, &m); err != nil {
			return time.Time{}, fmt.Errorf("writing the file of %s: %w", m.Day, err)
		}
		last = m
	}
	return w.after(day), nil
}

// first is the beginning of the day whose file comes next.
func (w *Writer) first(ctx context.Context, last Manifest, now time.Time) (time.Time, error) {
	if last.Day != "" {
		return last.To.In(w.Zone), nil
	}
	records, err := w.Read(ctx, 0, 1)
	if err != nil {
		return time.Time{}, err
	}
	if len(records) > 0 && records[0].At.Before(now) {
		now = records[0].At
	}
	return w.begin(now), nil
}

// begin is when the day began that t is in.
func (w *Writer) begin(t time.Time) time.Time {
	t = t.In(w.Zone)
	day := w.at(t.Year(), t.Month(), t.Day())
	if day.After(t) {
		return w.at(t.Year(), t.Month(), t.Day()-1)
	}
	return day
}

// after is when the day ends that begins at t.
func (w *Writer) after(t time.Time) time.Time { return w.at(t.Year(), t.Month(), t.Day()+1) }

func (w *Writer) at(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, int(w.At/time.Minute), 0, 0, w.Zone)
}

// writeDay writes the three files, and returns the manifest's SHA-256.
func (w *Writer) writeDay(ctx context.Context, m *Manifest) (string, error) {
	name := w.Endpoint + "-" + m.Day
	m.File = name + ".jsonl"
	err := w.replace(m.File, func(f io.Writer) error { return w.events(ctx, f, m) })
	if err != nil {
		return "", err
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return "", err
	}
	text = append(text, '\n')
	name += manifestSuffix
	if err := w.replace(name+signatureSuffix, put(w.Signer.sign(text))); err != nil {
		return "", err
	}
	if err := w.replace(name, put(text)); err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

const (
	manifestSuffix  = ".manifest.json"
	signatureSuffix = ".sig"
	page            = 500 // records that are read at once
)

// events writes the day's events, and fills in what the manifest says of them.
func (w *Writer) events(ctx context.Context, f io.Writer, m *Manifest) error {
	sum := sha256.New()
	out := bufio.NewWriterSize(io.MultiWriter(f, sum), 64<<10)
	m.Upto = m.After
	for more := true; more; {
		records, err := w.Read(ctx, m.Upto, page)
		if err != nil {
			return err
		}
		more = len(records) == page
		for _, r := range records {
			if !r.At.Before(m.To) {
				more = false
				break
			}
			line := bytes.NewBuffer(make([]byte, 0, len(r.Body)+1))
			if err := json.Compact(line, r.Body); err != nil {
				return fmt.Errorf("the event at position %d: %w", r.Position, err)
			}
			line.WriteByte('\n')
			m.Size += int64(line.Len())
			m.Events, m.Upto = m.Events+1, r.Position
			if _, err := line.WriteTo(out); err != nil {
				return err
			}
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	m.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return nil
}

// last is the newest manifest in the folder, with its SHA-256; it is zero if
// there is none yet.
func (w *Writer) last() (m Manifest, digest string, err error) {
	names, err := filepath.Glob(filepath.Join(w.Dir, w.Endpoint+"-????-??-??"+manifestSuffix))
	if err != nil || len(names) == 0 {
		return m, "", err
	}
	newest := names[len(names)-1] // Glob sorts
	text, err := os.ReadFile(newest)
	if err == nil {
		m, err = w.Signer.open(newest, text)
	}
	if err != nil {
		return m, "", fmt.Errorf("the newest manifest, after which the next day comes: %w", err)
	}
	sum := sha256.Sum256(text)
	return m, hex.EncodeToString(sum[:]), nil
}
