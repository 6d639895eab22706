package wire

import (
	"context"
	"io"
	"net/http"
	"sync"
)

// File is a file to put at the endpoint's address.
type File struct {
	// ID is the webhook's id and the last part of the address. The same id stands
	// for the same file.
	ID string
	// Header is sent with the file. It says what the file is.
	Header http.Header
	// Statement names the header whose value is signed in the place of a body,
	// which is too long to be held in one piece.
	Statement string
	Size      int64 // bytes
	Content   io.Reader
}

// Put makes one attempt at putting a file below the endpoint's address, by the
// road of [Wire.Post] and with its errors. The content is read no more when it
// returns.
func (w *Wire) Put(ctx context.Context, f File) (Answer, error) {
	if err := w.pace.wait(ctx); err != nil {
		return Answer{}, err
	}
	attempt, cancel := context.WithTimeout(ctx, w.timeout)
	defer cancel()
	statement := []byte(f.Header.Get(f.Statement))
	told := func() []string { return told(w.secrets, []byte(`{}`), statement) }
	req, err := w.request(attempt, http.MethodPut, f.ID, statement)
	if err != nil {
		return w.unanswered(ctx, err)
	}
	content := newContent(f.Content)
	defer content.wait()
	defer cancel()
	if req.URL.Path == "" {
		req.URL.Path = "/" // or JoinPath makes a path that is none
	}
	req.URL = req.URL.JoinPath(f.ID)
	req.Body, req.ContentLength, req.GetBody = content, f.Size, nil
	for name, values := range f.Header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return w.unanswered(ctx, explain(err, told))
	}
	defer resp.Body.Close()
	return readAnswer(resp, w.clock.Now(), told), nil
}

// unanswered is what an attempt ends with that got no answer.
func (w *Wire) unanswered(ctx context.Context, err error) (Answer, error) {
	if ctx.Err() != nil {
		return Answer{}, ctx.Err()
	}
	w.turn.Add(1)
	return Answer{}, err
}

// content is a body that says when it is read no more: a transport may go on
// for a moment after it has an answer.
type content struct {
	io.Reader
	once   sync.Once
	closed chan struct{}
}

func newContent(r io.Reader) *content { return &content{Reader: r, closed: make(chan struct{})} }

func (c *content) Close() error {
	c.once.Do(func() { close(c.closed) })
	return nil
}

func (c *content) wait() { <-c.closed }
