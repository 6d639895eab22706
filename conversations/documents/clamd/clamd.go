// Package clamd asks ClamAV's daemon about files (ClamAV Documentation, ClamD
// Protocol, INSTREAM). Each file has a connection of its own, over TCP or a
// Unix socket, and is sent in chunks; nothing is written down.
//
// Imports: the standard library.
package clamd

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"time"
)

// Client asks one daemon. It is safe for concurrent use.
type Client struct{ network, address string }

const (
	// patience is how long the daemon may take over each step: a connection,
	// a chunk, the answer.
	patience = time.Minute
	// chunk is how much is sent at once.
	chunk = 64 << 10
	// maxAnswer is longer than any answer.
	maxAnswer = 4 << 10
)

// New asks the daemon at tcp://host:port or unix:///path.
func New(address string) (*Client, error) {
	u, err := url.Parse(address)
	switch {
	case err == nil && u.Scheme == "tcp" && u.Port() != "" && u.Path == "":
		return &Client{"tcp", u.Host}, nil
	case err == nil && u.Scheme == "unix" && u.Host == "" && u.Path != "":
		return &Client{"unix", u.Path}, nil
	}
	return nil, fmt.Errorf("the address of clamd must be like tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl, not %q", address)
}

// ErrTooLong says that the daemon takes no stream of that length.
var ErrTooLong = errors.New("clamd takes no file of that size; raise StreamMaxLength in clamd.conf above documents.max_size")

// Scan sends what r holds and returns the signature of what was found, "" if
// nothing was. An error says that nobody knows.
func (c *Client) Scan(ctx context.Context, r io.Reader) (found string, err error) {
	dialer := net.Dialer{Timeout: patience}
	conn, err := dialer.DialContext(ctx, c.network, c.address)
	if err != nil {
		return "", fmt.Errorf("reaching clamd: %w", err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	line := patient{conn}
	source := &remembering{r: r}
	sent := send(line, source)
	if source.err != nil {
		return "", source.err
	}
	// The daemon may answer, and close, before it has read everything.
	answer, err := read(line)
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case len(answer) > 0 && (err == nil || errors.Is(err, io.EOF)):
		return settle(answer, sent)
	case sent != nil:
		return "", fmt.Errorf("sending to clamd: %w", sent)
	case err != nil:
		return "", fmt.Errorf("waiting for clamd: %w", err)
	}
	return "", errors.New("clamd ended the connection without an answer")
}

// settle reads an answer, which counts as a good one only if all was sent.
func settle(answer []byte, sent error) (found string, err error) {
	if found, err = parse(answer); err == nil && found == "" && sent != nil {
		return "", fmt.Errorf("clamd found nothing in what it took, which was not all: %w", sent)
	}
	return found, err
}

func send(w io.Writer, r io.Reader) error {
	if _, err := io.WriteString(w, "zINSTREAM\x00"); err != nil {
		return err
	}
	b := make([]byte, 4+chunk)
	for {
		n, err := io.ReadFull(r, b[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(b, uint32(n))
			if _, err := w.Write(b[:4+n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	_, err := w.Write(make([]byte, 4)) // a chunk of nothing is the end
	return err
}

// read reads an answer up to the zero byte, or to where the daemon ends it.
func read(r io.Reader) ([]byte, error) {
	b := make([]byte, 0, 256)
	for len(b) < maxAnswer {
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if i := bytes.IndexByte(b, 0); i >= 0 {
			return b[:i], nil
		}
		if err != nil {
			return b, err
		}
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
	}
	return nil, errors.New("its answer has no end")
}

// parse reads "stream: OK", "stream: <signature> FOUND" or "<what> ERROR".
func parse(answer []byte) (found string, err error) {
	text := strings.TrimSpace(string(answer))
	if said, ok := strings.CutPrefix(text, "stream: "); ok {
		if said == "OK" {
			return "", nil
		}
		if signature, found := strings.CutSuffix(said, " FOUND"); found && strings.TrimSpace(signature) != "" {
			return strings.TrimSpace(signature), nil
		}
	}
	if strings.HasPrefix(text, "INSTREAM size limit exceeded") {
		return "", ErrTooLong
	}
	return "", fmt.Errorf("clamd answered %.200q", text)
}

// patient gives every step its time.
type patient struct{ net.Conn }

func (p patient) Read(b []byte) (int, error) {
	_ = p.SetReadDeadline(time.Now().Add(patience))
	return p.Conn.Read(b)
}

func (p patient) Write(b []byte) (int, error) {
	_ = p.SetWriteDeadline(time.Now().Add(patience))
	return p.Conn.Write(b)
}

// remembering tells a file that cannot be read from a daemon that cannot be
// reached.
type remembering struct {
	r   io.Reader
	err error
}

func (r *remembering) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}
