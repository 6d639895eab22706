package carriersim

import (
	"net/http"
	"time"
)

// Answer is what a call is answered with.
type Answer struct {
	Status int // zero: 200
	Code   string
	Body   []byte
	// Report, if any, is what follows from the call: it is done after the
	// answer, or before it if a fault says so.
	Report func(after time.Duration)
}

// Call is one call to the platform, of which the rest is the simulator's.
type Call struct {
	Action string
	Phone  string
	// Do does it.
	Do func() Answer
	// Refuse is the answer with a code.
	Refuse func(code string) Answer
}

// Serve answers a call, or lets it go wrong as a fault says.
func (b *Base) Serve(w http.ResponseWriter, r *http.Request, c Call) {
	f := b.faults.strike(callModes, c.Action, c.Phone)
	a, answered := b.serve(r, c, f)
	entry := Entry{At: b.Now(), Kind: "call", What: c.Action, Phone: c.Phone, Code: a.Code, Fault: f.Mode}
	if answered {
		entry.Status = a.Status
		if entry.Status == 0 {
			entry.Status = http.StatusOK
		}
	}
	b.journal.add(entry)
	if a.Report != nil {
		if f.kind == "report_first" {
			a.Report(0)
			b.run(0)
			_ = b.pushing.Wait(r.Context())
		} else {
			a.Report(b.ReportAfter())
		}
	}
	if !answered {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(entry.Status)
	w.Write(a.Body)
}

// serve does what is done and says whether the caller hears of it.
func (b *Base) serve(r *http.Request, c Call, f rule) (a Answer, answered bool) {
	switch f.kind {
	case "code":
		return c.Refuse(f.text), true
	case "http":
		return Answer{Status: f.n, Body: []byte("<html><h1>" + http.StatusText(f.n) + "</h1></html>")}, true
	case "reset":
		return Answer{}, false
	case "stall":
		<-r.Context().Done()
		return Answer{}, false
	case "slow":
		wait := time.NewTimer(f.delay)
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-r.Context().Done():
		}
	}
	a = c.Do()
	if f.kind == "garbage" {
		a.Body = []byte(`{"Code":"OK","Bi`)
	}
	return a, f.kind != "reset_after_commit"
}
