package main

import (
	"bytes"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// How voice messages are heard:
//
//	speak NAME SECONDS WORDS    NAME speaks for so long, in the official account, in which WORDS are heard, or nothing;
//	                            in WeCom, a member or a customer; "page" seconds: what comes is no voice
//	hear NAME SECONDS [REGEXP...]  HR's page of NAME's conversation comes to play as its last voice message one of so
//	                            long, which can be had as it was spoken, and matches each
//	unheard NAME REGEXP...      the page comes to match, and plays nothing of its last voice message
//	deaf PATH STATUS            HR asks for a recording, {NAME} being NAME's conversation
func voiceCommands() map[string]func(*script) {
	return map[string]func(*script){"speak": (*script).speak, "hear": (*script).hear, "unheard": (*script).unheard, "deaf": (*script).deaf}
}

// voiceOf is a recording of so many seconds of silence, at 4.75 kbit/s.
func (s *script) voiceOf(seconds string) []byte {
	if seconds == "page" {
		return []byte("<!doctype html><title>voice</title>")
	}
	n, err := strconv.Atoi(seconds)
	s.Check(err)
	return append([]byte("#!AMR\n"), bytes.Repeat(append([]byte{4}, make([]byte, 12)...), n*50)...)
}

func (s *script) speak() {
	voice := s.voiceOf(s.arg(1))
	if s.w.weCom != nil {
		if m, ok := s.w.weCom.members[s.arg(0)]; ok {
			x, err := m.SendMedia(weComAgent, "voice", "voice.amr", voice)
			s.Check(err)
			s.posted(x)
			return
		}
		if c, ok := s.w.weCom.customers[s.arg(0)]; ok {
			x, err := c.SendMedia(weComKf, "voice", "voice.amr", voice)
			s.Check(err)
			s.posted(x)
			return
		}
	}
	s.acted(s.phone().SendVoice(voice, s.arg(2)))
}

var voiceInPage = regexp.MustCompile(`(?s)<div class="bubble voice">.*?</p></div>`)

// lastVoice is how HR's page shows the last voice message.
func (s *script) lastVoice() string {
	_, err := s.w.call(http.MethodGet, "/inbox/"+s.conversation(s.arg(0)), nil, "")
	s.Check(err)
	all := voiceInPage.FindAllString(s.w.last, -1)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

func (s *script) hear() {
	n, err := strconv.Atoi(s.arg(1))
	s.Check(err)
	var shown string
	s.eventually("the page plays it", func() bool {
		shown = s.lastVoice()
		return strings.Contains(shown, `data-length="`+strconv.Itoa(n*1000)+`"`)
	})
	s.match("the voice message", shown, s.args[2:])
	address := regexp.MustCompile(`data-src="([^"]*)"`).FindStringSubmatch(shown)
	code, err := s.w.call(http.MethodGet, address[1], nil, "")
	s.Check(err)
	s.status(code, "200")
	if s.w.last != string(s.voiceOf(s.arg(1))) {
		s.Fatalf("what HR hears has %d bytes", len(s.w.last))
	}
}

func (s *script) unheard() {
	var shown string
	s.eventually("the page says why there is nothing to hear", func() bool {
		shown = s.lastVoice()
		for _, p := range s.args[1:] {
			if !matcher(p).MatchString(shown) {
				return false
			}
		}
		return true
	})
	if strings.Contains(shown, "data-src") {
		s.Fatalf("it plays something: %s", shown)
	}
}

func (s *script) deaf() {
	path := regexp.MustCompile(`\{(.*)\}`).ReplaceAllStringFunc(s.arg(0), func(name string) string { return s.conversation(strings.Trim(name, "{}")) })
	code, err := s.w.call(http.MethodGet, path, nil, "")
	s.Check(err)
	s.status(code, s.arg(1))
}
