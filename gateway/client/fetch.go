package client

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"strings"
)

// ErrDigest is of a document that did not arrive as the gateway has it.
var ErrDigest = errors.New("the document is not what its digest says")

// FetchDocument writes a document to w, byte for byte as the candidate sent it,
// and returns its SHA-256. What breaks off goes on where it was. After an error
// w has a part of the document, which is to be thrown away: only the digest at the
// end says that all is as it was sent.
func (c *Client) FetchDocument(ctx context.Context, document string, w io.Writer) (sum [sha256.Size]byte, err error) {
	f := fetching{client: c, hash: sha256.New()}
	f.to = io.MultiWriter(f.hash, w)
	for try := 1; ; try++ {
		link, err := c.LinkDocument(ctx, document)
		if err != nil {
			return sum, err // it was tried often enough
		}
		if err = f.on(ctx, link); err == nil {
			return [sha256.Size]byte(f.hash.Sum(nil)), nil
		}
		var p *Problem
		errors.As(err, &p)
		if try >= c.o.Tries || !goesOn(err, p) || !c.waited(ctx, pause(try, p)) {
			return sum, fmt.Errorf("fetching the document %s: %w", document, err)
		}
	}
}

// goesOn says whether what broke off may go well the next time: it broke on its
// way, the gateway is in trouble, or the link has had its time.
func goesOn(err error, p *Problem) bool {
	switch {
	case errors.Is(err, errSink), errors.Is(err, ErrDigest):
		return false
	case p == nil:
		return true
	}
	return p.Status >= http.StatusInternalServerError || p.Status == http.StatusGone || p.Status == http.StatusTooManyRequests
}

// errSink is of what the caller's writer refused.
var errSink = errors.New("writing it")

// fetching is a document on its way.
type fetching struct {
	client *Client
	hash   hash.Hash
	to     io.Writer
	got    int64
	etag   string // of what is being fetched
}

// on fetches what is missing, and holds all of it to its digest.
func (f *fetching) on(ctx context.Context, link DocumentLink) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, link.URL, nil)
	if err != nil {
		return errors.New("its link cannot be read")
	}
	if f.got > 0 {
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-", f.got))
		r.Header.Set("If-Match", f.etag)
	}
	answer, err := f.client.http.Do(r)
	if err != nil {
		return plain(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 || f.got > 0 && answer.StatusCode != http.StatusPartialContent {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<16)) // what came explains it, or nothing does
		return problemOf(answer, text, f.client.o.Now())
	}
	f.etag = answer.Header.Get("ETag")
	if err := f.copy(answer.Body); err != nil {
		return err
	}
	want, ok := strings.CutPrefix(answer.Header.Get("Repr-Digest"), "sha-256=:") // RFC 9530
	if got := base64.StdEncoding.EncodeToString(f.hash.Sum(nil)); !ok || strings.TrimSuffix(want, ":") != got {
		return ErrDigest
	}
	return nil
}

func (f *fetching) copy(from io.Reader) error {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			if _, failed := f.to.Write(buffer[:n]); failed != nil {
				return fmt.Errorf("%w: %w", errSink, failed)
			}
			f.got += int64(n)
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("reading it: %w", err)
		}
	}
}
