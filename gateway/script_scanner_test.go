package main

import (
	"slices"
	"strconv"

	"jiebao/conversations/documents/clamd/clamdsim"
)

// scannerCommands are what looks for viruses, in scripts:
//
//	scanner [ANSWER]          clamd answers so to every file from now on; without, it looks for the EICAR test file. The
//	                          first such line tells the gateway of it
//	infect NAME SEED          NAME sends a photo that holds the EICAR test file, which no virus is
//	scanned COUNT             clamd got so many files to look at, or more, since scripts last asked
func scannerCommands() map[string]func(*script) {
	return map[string]func(*script){"scanner": (*script).scanner, "infect": (*script).infect, "scanned": (*script).scanned}
}

// scanner is the clamd of a script.
type scanner struct {
	*clamdsim.Daemon
	asked int // how many files a script knows of
}

func (s *script) scanner() {
	if s.w.scanner == nil {
		d, err := clamdsim.Start()
		s.Check(err)
		s.Defer(d.Close)
		s.w.scanner = &scanner{Daemon: d}
		s.w.cfg.Documents.Clamd = d.URL()
		s.restart()
	}
	answer := ""
	if len(s.args) > 0 {
		answer = s.args[0]
	}
	s.w.scanner.Answer(answer)
}

func (s *script) infect() { s.acted(s.phone().SendImage(infected(s.photoOf(s.arg(1))))) }

// infected puts the EICAR test file into a photo, as a comment.
func infected(photo []byte) []byte {
	comment := []byte(eicar())
	return slices.Concat(photo[:2], []byte{0xff, 0xfe, 0, byte(2 + len(comment))}, comment, photo[2:])
}

// eicar is the EICAR test file, put together so that this file is not one.
func eicar() string {
	return `X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR` + `-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`
}

func (s *script) scanned() {
	sc := s.w.scanner
	n, err := strconv.Atoi(s.arg(0))
	s.Check(err)
	s.eventually("clamd gets "+s.arg(0)+" files", func() bool { return sc.Seen()-sc.asked >= n })
	sc.asked = sc.Seen()
}
