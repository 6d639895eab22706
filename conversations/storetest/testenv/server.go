package testenv

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"
	"syscall"
)

// watchScript runs a server until its standard input ends, and removes its
// folder. Only the server keeps the standard output, so that its end shows.
const watchScript = `
eval "$PREPARE" || exit
"$@" 2>&1 &
server=$!
exec >/dev/null 2>&1
cat
kill -"$SIGNAL" $server
wait $server
rm -rf "$PWD"
`

// server is a program that runs as long as its lifeline is open: until stop,
// or the end of this process.
type server struct {
	dir      string
	shell    *exec.Cmd
	lifeline io.WriteCloser
	drained  chan struct{}
}

// program is how to start and stop a server.
type program struct {
	prepare string   // shell commands before it, in its folder
	command []string // what to run
	ready   string   // what it prints when it is
	signal  string   // ends it at once
}

// start runs a program in dir and waits until it is ready.
//
// The shell has a session of its own, so that an interrupt from the terminal
// stops the test first and the server after it.
func start(dir string, p program) (*server, error) {
	shell := exec.Command("/bin/sh", append([]string{"-c", watchScript, "watch"}, p.command...)...)
	shell.Dir = dir
	shell.Env = []string{
		"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "HOME=" + dir, "PWD=" + dir,
		"PREPARE=" + p.prepare, "SIGNAL=" + p.signal,
	}
	owner, err := unprivileged()
	if err != nil {
		return nil, err
	}
	shell.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: owner}
	lifeline, err := shell.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := shell.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := shell.Start(); err != nil {
		return nil, err
	}
	s := &server{dir: dir, shell: shell, lifeline: lifeline, drained: make(chan struct{})}
	reader := bufio.NewReader(output)
	said, ready := readUntil(reader, p.ready)
	go s.drain(reader)
	if !ready {
		s.stop()
		return nil, fmt.Errorf("it did not start: %s", said)
	}
	return s, nil
}

// drain keeps the server from waiting for somebody to read what it prints.
func (s *server) drain(output io.Reader) {
	_, _ = io.Copy(io.Discard, output)
	close(s.drained)
}

// stop returns when the server has ended and its folder is gone.
func (s *server) stop() {
	_ = s.lifeline.Close()
	<-s.drained
	_ = s.shell.Wait()
	_ = os.RemoveAll(s.dir) // of a server that was not prepared
}

// readUntil reads lines until one has the mark, or there are no more.
func readUntil(r *bufio.Reader, mark string) (said string, found bool) {
	for {
		line, err := r.ReadString('\n')
		said += line
		if strings.Contains(line, mark) {
			return said, true
		}
		if err != nil {
			return said, false
		}
	}
}

// privateDir makes a folder that belongs to who runs the servers. Its path is
// short, because a Unix socket's may have 107 bytes only.
func privateDir() (string, error) {
	dir, err := os.MkdirTemp("/tmp", "jiebao-test-")
	if err != nil {
		return "", err
	}
	owner, err := unprivileged()
	if err != nil || owner == nil {
		return dir, err
	}
	return dir, os.Chown(dir, int(owner.Uid), int(owner.Gid))
}

// unprivileged is who runs the servers when root runs the tests, because
// PostgreSQL refuses root; nil is whoever runs the tests.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(account.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(account.Gid, 10, 32)
		if errUID == nil && errGID == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, fmt.Errorf("root may not run PostgreSQL, and there is neither a user postgres nor nobody")
}
