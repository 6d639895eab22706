package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is a server under load, in a process of its own.
type process struct {
	command *exec.Cmd
	url     string
	host    string        // of url
	startup time.Duration // from its start to its first "ready"

	output sync.WaitGroup
	mu     sync.Mutex
	log    []string // the last lines it logged
	link   string   // the one to sign in with, if it printed one
}

// start starts a program and waits until it says on standard error, as a
// JSON log line, where it is ready, and until /readyz agrees.
func start(ctx context.Context, program string, args ...string) (*process, error) {
	p := &process{command: exec.CommandContext(ctx, program, args...)}
	p.command.Cancel = func() error { return p.command.Process.Signal(syscall.SIGTERM) }
	p.command.WaitDelay = 10 * time.Second
	logged, err := p.command.StderrPipe()
	if err != nil {
		return nil, err
	}
	printed, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	started := time.Now()
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", program, err)
	}
	ready := make(chan string, 1)
	p.output.Go(func() { p.readLog(logged, ready) })
	p.output.Go(func() { p.readLink(printed) })
	if err := p.awaitReady(ctx, ready); err != nil {
		return nil, errors.Join(fmt.Errorf("starting %s: %w", program, err), p.stop())
	}
	p.startup = time.Since(started)
	return p, nil
}

func (p *process) awaitReady(ctx context.Context, ready <-chan string) error {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	select {
	case p.url = <-ready:
	case <-deadline.C:
		return errors.New("it did not say that it is ready")
	case <-ctx.Done():
		return ctx.Err()
	}
	if p.url == "" {
		return fmt.Errorf("it ended:\n%s", p.lastLines())
	}
	u, err := url.Parse(p.url)
	if err != nil {
		return err
	}
	p.host = u.Host
	_, err = p.waiting(ctx)
	return err
}

const keptLines = 20

// readLog keeps the last lines, and tells the address that "ready" names.
func (p *process) readLog(r io.Reader, ready chan<- string) {
	defer close(ready)
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		var entry struct{ Msg, URL string }
		if json.Unmarshal(lines.Bytes(), &entry) == nil && entry.Msg == "ready" {
			ready <- entry.URL
			continue
		}
		p.mu.Lock()
		p.log = append(p.log, lines.Text())
		if len(p.log) > keptLines {
			p.log = p.log[1:]
		}
		p.mu.Unlock()
	}
}

func (p *process) lastLines() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.log, "\n")
}

func (p *process) readLink(r io.Reader) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if text := strings.TrimSpace(lines.Text()); strings.Contains(text, "/signin?token=") {
			p.mu.Lock()
			p.link = text
			p.mu.Unlock()
		}
	}
}

// signIn waits for the link that the first start on a database prints.
func (p *process) signIn(ctx context.Context) (link string, err error) {
	err = eventually(ctx, "the gateway prints a sign-in link", func() (bool, error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		link = p.link
		return link != "", nil
	})
	return link, err
}

// stop ends the process as an operator would, and says what it complained of.
func (p *process) stop() error {
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	p.output.Wait()
	err := p.command.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == -1 {
		err = nil // ended by the signal, as a server without a handler is
	}
	if err != nil {
		return fmt.Errorf("the server under load ended with %w:\n%s", err, p.lastLines())
	}
	return nil
}

// waitingTasks is how much of one kind of task waits in the outbox.
type waitingTasks struct {
	Lanes int
}

// waiting asks how much work waits, by kind.
func (p *process) waiting(ctx context.Context) (map[string]waitingTasks, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/readyz", nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking for readiness: %w", err)
	}
	defer resp.Body.Close()
	var answer struct{ Outbox map[string]waitingTasks }
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("asking for readiness: %s", resp.Status)
	}
	err = json.NewDecoder(resp.Body).Decode(&answer)
	return answer.Outbox, err
}

// settle waits until no task of the kinds waits any more.
func (p *process) settle(ctx context.Context, kinds ...string) error {
	return eventually(ctx, "the outbox is worked off", func() (bool, error) {
		waiting, err := p.waiting(ctx)
		for _, k := range kinds {
			if waiting[k].Lanes > 0 {
				return false, err
			}
		}
		return true, err
	})
}

// eventually looks again and again until what it waits for is so.
func eventually(ctx context.Context, what string, so func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		if done, err := so(); done || err != nil {
			return err
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return fmt.Errorf("waiting until %s: %w", what, ctx.Err())
		}
	}
}

// resident is how much memory the process has, in bytes (proc(5), statm).
func (p *process) resident() (int64, error) {
	statm, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.command.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("reading the memory of the gateway: %w", err)
	}
	fields := strings.Fields(string(statm))
	if len(fields) < 2 {
		return 0, fmt.Errorf("reading the memory of the gateway: statm says %q", statm)
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize()), err
}

// cpu is how much time of a processor the process has used (proc(5), stat).
func (p *process) cpu() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.command.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("reading the processor time of the gateway: %w", err)
	}
	// The second field is the program's name in parentheses.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 13 {
		return 0, fmt.Errorf("reading the processor time of the gateway: stat says %q", stat)
	}
	user, errUser := strconv.ParseInt(fields[11], 10, 64)
	system, errSystem := strconv.ParseInt(fields[12], 10, 64)
	const tick = time.Second / 100 // USER_HZ
	return time.Duration(user+system) * tick, errors.Join(errUser, errSystem)
}

// peak watches the memory until stopped, and then returns the most it saw.
func (p *process) peak() (stop func() int64) {
	done, most := make(chan struct{}), make(chan int64)
	go func() {
		look := time.NewTicker(50 * time.Millisecond)
		defer look.Stop()
		var m int64
		for {
			if now, err := p.resident(); err == nil {
				m = max(m, now)
			}
			select {
			case <-look.C:
			case <-done:
				most <- m
				return
			}
		}
	}()
	return func() int64 {
		close(done)
		return <-most
	}
}
