// Package clamdsim is a fake clamd, for tests and demonstrations (ClamAV
// Documentation, ClamD Protocol). It knows one signature, that of the EICAR
// test file. It shares no code with the client.
//
// Imports: the standard library.
package clamdsim

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"sync"
)

// Daemon is a clamd that listens on a port of its own.
type Daemon struct {
	listener net.Listener
	done     sync.WaitGroup

	mu     sync.Mutex
	limit  int    // StreamMaxLength in bytes, 0 for none
	answer string // to every stream, if set
	seen   int
}

// Start listens on a free port of this machine.
func Start() (*Daemon, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return Serve(l), nil
}

// Serve answers on a listener until Close.
func Serve(l net.Listener) *Daemon {
	d := &Daemon{listener: l}
	d.done.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			d.done.Go(func() {
				defer conn.Close()
				d.talk(conn)
			})
		}
	})
	return d
}

// URL is the daemon's address.
func (d *Daemon) URL() string {
	a := d.listener.Addr()
	return a.Network() + "://" + a.String()
}

// Close stops listening and waits for what is under way.
func (d *Daemon) Close() {
	d.listener.Close()
	d.done.Wait()
}

// Limit sets the longest stream that is taken.
func (d *Daemon) Limit(bytes int) { d.set(func() { d.limit = bytes }) }

// Answer has every stream answered with these words; "" ends it.
func (d *Daemon) Answer(words string) { d.set(func() { d.answer = words }) }

// Seen is how many streams came.
func (d *Daemon) Seen() (n int) {
	d.set(func() { n = d.seen })
	return n
}

func (d *Daemon) set(do func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	do()
}

func (d *Daemon) talk(conn net.Conn) {
	r := bufio.NewReader(conn)
	command, err := r.ReadString(0)
	if err != nil {
		return
	}
	answer := "UNKNOWN COMMAND"
	switch strings.TrimSuffix(command, "\x00") {
	case "zPING":
		answer = "PONG"
	case "zINSTREAM":
		answer = d.scan(r)
	}
	if answer != "" {
		_, _ = io.WriteString(conn, answer+"\x00")
	}
}

// eicar is the test file of the European Institute for Computer Antivirus
// Research, put together so that this file is not one.
func eicar() string {
	return `X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR` + `-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`
}

func (d *Daemon) scan(r io.Reader) string {
	var limit int
	var answer string
	d.set(func() { d.seen++; limit, answer = d.limit, d.answer })
	var file bytes.Buffer
	for {
		var length uint32
		if err := binary.Read(r, binary.BigEndian, &length); err != nil {
			return ""
		}
		if length == 0 {
			break
		}
		if limit > 0 && file.Len()+int(length) > limit {
			_, _ = io.CopyN(io.Discard, r, int64(length))
			return "INSTREAM size limit exceeded. ERROR"
		}
		if _, err := io.CopyN(&file, r, int64(length)); err != nil {
			return ""
		}
	}
	switch {
	case answer != "":
		return answer
	case bytes.Contains(file.Bytes(), []byte(eicar())):
		return "stream: Eicar-Test-Signature FOUND"
	}
	return "stream: OK"
}
