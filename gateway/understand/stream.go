package understand

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"jiebao/bot/nlu"
)

// Understander reads what a candidate wrote. *nlu.Understander is one. It is
// asked by several goroutines at a time.
type Understander interface {
	Understand(nlu.Input) nlu.Reading
}

// Options are what lines are read with. Understander and Now are required.
type Options struct {
	Understander Understander
	Now          func() time.Time // for lines that do not say when they were written
	Offered      nlu.Date         // for lines that do not say what was offered
	Explain      bool             // adds whether a reading is ambiguous, and what led to it
	Workers      int              // lines read at a time; 0: as many as there are cores
}

// MaxLine is the longest line that is read, in bytes. A longer one is
// answered with an error.
const MaxLine = 1 << 20

// batchLines is how many lines are handed over at a time: enough for handing
// them over to cost nothing beside reading them.
const batchLines = 64

// batch is some consecutive lines and, once done is closed, the answers.
type batch struct {
	first   int      // number of the first line, from 1
	lines   [][]byte // nil for one that is too long
	answers bytes.Buffer
	done    chan struct{}
}

// Stream answers every line of in with a line of out, in order. Blank lines
// have no answer; a line that cannot be read has an error for one, and the
// next line is read all the same. Answers are written whenever in pauses.
//
// It returns nil at the end of in, or the error of reading, of writing or of
// ctx. A Read that is under way then is left behind.
func Stream(ctx context.Context, o Options, in io.Reader, out io.Writer) error {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	todo, inOrder := make(chan *batch, o.Workers), make(chan *batch, 2*o.Workers)
	read := make(chan error, 1)
	go func() {
		defer close(todo)
		defer close(inOrder)
		read <- split(in, func(b *batch) bool { return hand(ctx, b, todo) && hand(ctx, b, inOrder) })
	}()
	for range o.Workers {
		go func() {
			for b := range todo {
				o.fill(b)
			}
		}()
	}
	for {
		b, err := next(ctx, inOrder)
		if err != nil {
			return err
		}
		if b == nil {
			return <-read
		}
		if _, err := out.Write(b.answers.Bytes()); err != nil {
			return fmt.Errorf("writing the answers: %w", err)
		}
	}
}

func hand(ctx context.Context, b *batch, to chan<- *batch) bool {
	select {
	case to <- b:
		return true
	case <-ctx.Done():
		return false
	}
}

// next waits for the next batch and its answers; it is nil when there are no
// more.
func next(ctx context.Context, inOrder <-chan *batch) (*batch, error) {
	select {
	case b, ok := <-inOrder:
		if !ok {
			return nil, nil
		}
		select {
		case <-b.done:
			return b, nil
		case <-ctx.Done():
		}
	case <-ctx.Done():
	}
	return nil, ctx.Err()
}

// fill answers the lines of a batch.
func (o Options) fill(b *batch) {
	defer close(b.done)
	enc := json.NewEncoder(&b.answers)
	enc.SetEscapeHTML(false) // ">=2026-07-15" is for people, too
	for i, line := range b.lines {
		a := answer{Error: fmt.Sprintf("line %d: it is longer than %d bytes", b.first+i, MaxLine)}
		switch {
		case line == nil:
		case len(bytes.TrimSpace(line)) == 0:
			continue
		default:
			a = o.answer(b.first+i, line)
		}
		if err := enc.Encode(a); err != nil {
			panic("an answer that is not JSON: " + err.Error()) // names, dates and strings always are
		}
	}
}

// split cuts in into batches. A batch ends where reading on would have to
// wait.
func split(in io.Reader, emit func(*batch) bool) error {
	r := bufio.NewReaderSize(in, MaxLine+len("\r\n"))
	b := &batch{first: 1, done: make(chan struct{})}
	for {
		line, err := readLine(r)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading line %d: %w", b.first+len(b.lines), err)
		}
		ended := err != nil
		if !ended || len(line) > 0 {
			if b.first == 1 && len(b.lines) == 0 {
				line = bytes.TrimPrefix(line, []byte("\ufeff"))
			}
			b.lines = append(b.lines, line)
		}
		if len(b.lines) > 0 && (ended || len(b.lines) == batchLines || !ready(r)) {
			if !emit(b) {
				return nil
			}
			b = &batch{first: b.first + len(b.lines), done: make(chan struct{})}
		}
		if ended {
			return nil
		}
	}
}

// ready says whether the next line has arrived already.
func ready(r *bufio.Reader) bool {
	arrived, _ := r.Peek(r.Buffered())
	return bytes.IndexByte(arrived, '\n') >= 0
}

// readLine returns a copy of the next line without its end, nil if it is too
// long. With io.EOF it returns what stood behind the last end of a line.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	tooLong := false
	for errors.Is(err, bufio.ErrBufferFull) {
		tooLong = true
		line, err = r.ReadSlice('\n')
	}
	line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
	if tooLong || len(line) > MaxLine {
		if errors.Is(err, io.EOF) {
			err = nil // the next call finds it
		}
		return nil, err
	}
	return append(make([]byte, 0, len(line)), line...), err
}
