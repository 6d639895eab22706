package audit

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"
	"time"

	"jiebao/conversations"
)

// An export is a part of the log, without a gap, as JSON lines:
//
//	{"after":"17:…","by":"li.na","exported":…,"format":"jiebao.audit/1","from":…,"to":…}
//	{"entry":{…},"hash":"…","n":18}
//	{"digest":"…","hash":"…","n":19}
//	{"entries":2,"signature":"…","upto":"19:…"}
//
// An entry that the reader may not see has its digest only, with which the
// chain can be followed all the same. The last line has the Ed25519 signature of
// all before it. Files follow on each other where upto of one is after of the
// next. Times are in milliseconds since 1970.

// Format is the export's. A change that readers could stumble over takes
// another.
const Format = "jiebao.audit/1"

// Export says what to export, for whom.
type Export struct {
	Links    Links
	Keys     Keys
	Scope    conversations.Scope // what the reader may see
	By       string              // who exports
	Now      time.Time
	From, To time.Time // To is not included
}

// Sees says whether somebody with the scope may read an entry of the branch.
// What concerns no branch is the head office's.
func Sees(s conversations.Scope, branch string) bool {
	if branch == "" {
		return s.Writes("")
	}
	return s.Allows(branch)
}

// Write writes the export and returns how many entries it has.
func (x Export) Write(ctx context.Context, to io.Writer) (entries int, err error) {
	after, upto, err := x.Links.AuditSpan(ctx, x.From, x.To)
	if err != nil {
		return 0, err
	}
	w := &exporter{sum: sha256.New()}
	w.to = bufio.NewWriterSize(io.MultiWriter(to, w.sum), 64<<10)
	w.line(fmt.Sprintf(`{"after":"%s","by":%s,"exported":%d,"format":"%s","from":%d,"to":%d}`,
		after, orEmpty(quoted(x.By)), x.Now.UnixMilli(), Format, x.From.UnixMilli(), x.To.UnixMilli()))
	last := after
	for last.N < upto {
		links, err := x.Links.AuditLinks(ctx, last.N, upto, verifyAtOnce)
		if err != nil {
			return entries, err
		}
		if len(links) == 0 {
			return entries, &Break{last.N + 1, FlawGap}
		}
		for _, l := range links {
			w.link(l, x.Scope)
		}
		last, entries = links[len(links)-1].Mark, entries+len(links)
		if err := w.to.Flush(); err != nil {
			return entries, err
		}
	}
	if err := w.to.Flush(); err != nil {
		return entries, err
	}
	signature := base64.StdEncoding.EncodeToString(x.Keys.sign(w.statement()))
	_, err = fmt.Fprintf(to, `{"entries":%d,"signature":"%s","upto":"%s"}`+"\n", entries, signature, last)
	return entries, err
}

func orEmpty(text string) string {
	if text == "" {
		return `""`
	}
	return text
}

// exporter writes lines, and takes their sum.
type exporter struct {
	to  *bufio.Writer
	sum hash.Hash
}

func (w *exporter) line(s string) { _, _ = w.to.WriteString(s + "\n") } // Flush tells what went wrong

func (w *exporter) link(l Link, s conversations.Scope) {
	what := `"digest":"` + l.digest().String() + `"`
	if e, err := ParseEntry(l.Text); err == nil && Sees(s, e.Branch) {
		what = `"entry":` + l.Text
	}
	w.line("{" + what + `,"hash":"` + l.Hash.String() + `","n":` + strconv.FormatInt(l.N, 10) + "}")
}

// statement is what the signature is of: the SHA-256 of all lines so far.
func (w *exporter) statement() []byte { return exportStatement(w.sum) }

func exportStatement(sum hash.Hash) []byte {
	return []byte("jiebao audit export 1\n" + hex.EncodeToString(sum.Sum(nil)) + "\n")
}

// Exported is what a good export says of itself.
type Exported struct {
	After, Upto  Mark
	From, To, At time.Time
	By           string
	Entries      int
	Hidden       int // of them, that the reader may not see
}

// maxLine is longer than any line of an export.
const maxLine = 1 << 20

// VerifyExport reads an export to its end and checks all of it: the chain, that
// nothing is missing at its end, and the signature. What is wrong with the chain
// is a *Break.
func VerifyExport(r io.Reader, keys Keys) (Exported, error) {
	v := exportReader{sum: sha256.New(), keys: keys}
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 0, 64<<10), maxLine)
	for n := 1; in.Scan(); n++ {
		if err := v.line(n, in.Bytes()); err != nil {
			return v.is, err
		}
	}
	switch {
	case in.Err() != nil:
		return v.is, fmt.Errorf("reading the export: %w", in.Err())
	case !v.ended:
		return v.is, errors.New("the export is cut off: its last line, with the signature, is missing")
	}
	return v.is, nil
}

// exportReader follows the lines of an export.
type exportReader struct {
	keys  Keys
	sum   hash.Hash
	chain Verifier
	is    Exported
	ended bool
}

// exportLine has what any of the lines has.
type exportLine struct {
	Format    string          `json:"format"`
	After     string          `json:"after"`
	By        string          `json:"by"`
	Exported  int64           `json:"exported"`
	From      int64           `json:"from"`
	To        int64           `json:"to"`
	N         int64           `json:"n"`
	Hash      string          `json:"hash"`
	Entry     json.RawMessage `json:"entry"`
	Digest    string          `json:"digest"`
	Entries   int             `json:"entries"`
	Upto      string          `json:"upto"`
	Signature string          `json:"signature"`
}

func (v *exportReader) line(n int, text []byte) error {
	var l exportLine
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return fmt.Errorf("line %d of the export cannot be read", n)
	}
	switch {
	case v.ended:
		return fmt.Errorf("line %d of the export comes after its end", n)
	case n == 1:
		return v.begin(l, text)
	case l.Signature != "":
		return v.end(l)
	}
	return v.link(l, text)
}

func (v *exportReader) begin(l exportLine, text []byte) (err error) {
	if l.Format != Format {
		return fmt.Errorf("the export has the format %q, and this version reads %s", l.Format, Format)
	}
	if v.is.After, err = ParseMark(l.After); err != nil {
		return err
	}
	v.is.From, v.is.To, v.is.At, v.is.By = time.UnixMilli(l.From), time.UnixMilli(l.To), time.UnixMilli(l.Exported), l.By
	v.chain.At = v.is.After
	v.add(text)
	return nil
}

func (v *exportReader) link(l exportLine, text []byte) (err error) {
	link := Link{Mark: Mark{N: l.N}, Text: string(l.Entry)}
	if link.Hash, err = ParseHash(l.Hash); err != nil {
		return &Break{l.N, FlawHash}
	}
	if link.Text == "" {
		if link.Digest, err = ParseHash(l.Digest); err != nil {
			return &Break{l.N, FlawHash}
		}
		v.is.Hidden++
	}
	v.is.Entries++
	v.add(text)
	return v.chain.Add(link)
}

func (v *exportReader) end(l exportLine) (err error) {
	if v.is.Upto, err = ParseMark(l.Upto); err != nil {
		return err
	}
	signature, _ := base64.StdEncoding.DecodeString(l.Signature)
	switch {
	case l.Entries != v.is.Entries, v.is.Upto != v.chain.At:
		return &Break{v.chain.At.N + 1, FlawEnd}
	case !v.keys.signed(exportStatement(v.sum), signature):
		return errors.New("the signature does not hold: the export was changed, or signed with another key")
	}
	v.ended = true
	return nil
}

func (v *exportReader) add(text []byte) {
	_, _ = v.sum.Write(text)
	_, _ = v.sum.Write([]byte{'\n'})
}

// ParseMark reads what Mark's String wrote.
func ParseMark(s string) (m Mark, err error) {
	number, sum, _ := strings.Cut(s, ":")
	if m.N, err = strconv.ParseInt(number, 10, 64); err == nil && m.N >= 0 {
		m.Hash, err = ParseHash(sum)
	}
	if err != nil || m.N < 0 || m.String() != s {
		return Mark{}, fmt.Errorf("%q is no place in the audit log, such as 17:9f86d0…; a log says its own when it is verified", s)
	}
	return m, nil
}
