package main

import "net/http"

// ehrCommands are what the EHR wants done, in scripts:
//
//	command KEY PATH STATUS JSON [VERSION]   post a command under a key, on the version that the EHR knows
func ehrCommands() map[string]func(*script) {
	return map[string]func(*script){"command": (*script).command}
}

func (s *script) command() {
	header := asEHR.Clone()
	header.Set("Idempotency-Key", s.arg(0))
	if len(s.args) > 4 {
		header.Set("If-Match", `"`+s.arg(4)+`"`)
	}
	code, err := s.w.call(http.MethodPost, s.arg(1), header, s.arg(3))
	s.Check(err)
	s.status(code, s.arg(2))
}
