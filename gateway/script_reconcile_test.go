package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// reconcileCommands is what scripts say of reconciliation:
//
//	lose ID N                 the EHR loses the last N events of the candidate
//	believe STATUS ID [+N] [FIELD VALUE]...  the EHR posts what it believes: the last sequence it took, or N more
//	holds ID                  the EHR has all of the candidate's events
//	night                     the next night's comparison is made; body looks at its report
func reconcileCommands() map[string]func(*script) {
	return map[string]func(*script){
		"lose": (*script).lose, "believe": (*script).believe, "holds": (*script).holds, "night": (*script).night,
	}
}

func (s *script) lose() {
	n, err := strconv.ParseInt(s.arg(1), 10, 64)
	s.Check(err)
	s.settle()
	r := s.w.ehr
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seqs[s.arg(0)] -= n
	maps.DeleteFunc(r.bodies, func(_, body string) bool {
		var ev struct {
			Data struct {
				Candidate string `json:"candidate_id"`
				Sequence  int64
			}
		}
		s.Check(json.Unmarshal([]byte(body), &ev))
		return ev.Data.Candidate == s.arg(0) && ev.Data.Sequence > r.seqs[s.arg(0)]
	})
	r.events = nil
}

func (s *script) believe() {
	s.settle()
	s.w.ehr.mu.Lock()
	sequence := s.w.ehr.seqs[s.arg(1)]
	s.w.ehr.mu.Unlock()
	rest := s.args[2:]
	if len(rest) > 0 && strings.HasPrefix(rest[0], "+") {
		n, err := strconv.ParseInt(rest[0][1:], 10, 64)
		s.Check(err)
		sequence, rest = sequence+n, rest[1:]
	}
	belief := map[string]any{"candidate_id": s.arg(1), "sequence": sequence}
	for i := 0; i+1 < len(rest); i += 2 {
		belief[rest[i]] = rest[i+1]
	}
	body, err := json.Marshal(map[string]any{"candidates": []any{belief}})
	s.Check(err)
	code, err := s.w.call(http.MethodPost, "/v1/reconciliations", asEHR, string(body))
	s.Check(err)
	s.status(code, s.arg(0))
}

func (s *script) holds() {
	s.settle()
	var digest struct {
		Candidates []struct {
			ID       string `json:"candidate_id"`
			Sequence int64
		}
	}
	s.eventually("the EHR has everything of "+s.arg(0), func() bool {
		_, err := s.w.call(http.MethodGet, "/v1/reconciliation/digest", asEHR, "")
		s.Check(err)
		s.Check(json.Unmarshal([]byte(s.w.last), &digest))
		s.w.ehr.mu.Lock()
		defer s.w.ehr.mu.Unlock()
		for _, c := range digest.Candidates {
			if c.ID == s.arg(0) {
				return c.Sequence == s.w.ehr.seqs[c.ID]
			}
		}
		return false
	})
	s.w.ehr.mu.Lock()
	defer s.w.ehr.mu.Unlock()
	if len(s.w.ehr.wrong) > 0 {
		s.Fatalf("the EHR refuses: %s", strings.Join(s.w.ehr.wrong, "; "))
	}
	s.w.ehr.events = nil
}

func (s *script) night() {
	s.settle()
	now := s.w.clock.Now()
	y, m, d := now.Date()
	at := time.Date(y, m, d+1, 2, 31, 0, 0, now.Location())
	s.w.clock.Advance(at.Sub(now))
	s.w.sim.Tick()
	s.eventually("the night's comparison is made", func() bool {
		s.w.clock.Advance(time.Second)
		code, err := s.w.call(http.MethodGet, fmt.Sprintf("/v1/reconciliations/nightly-%s", at.Format(time.DateOnly)), asEHR, "")
		s.Check(err)
		return code == http.StatusOK && strings.Contains(s.w.last, `"finished"`)
	})
}
