package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebao/config"
)

// TestTwoNodesPushDocuments: two gateways put candidates' documents into one
// storage, which now and then takes a file without saying so: it hangs up, or
// says nothing until the gateway gives up. Each file is there once, came once
// if its answer was not lost and once more if it was; and asked for at both
// gateways at once, all come again to where they are.
func TestTwoNodesPushDocuments(t *testing.T) {
	t.Parallel()
	const candidates, each = 6, 2
	st, err := newStorage(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(st.server.Close)
	n := newNodes(t, func(c *config.Config) {
		c.EHR.Documents.URL, c.EHR.Documents.Secret = st.server.URL, config.NewSecret(webhookSecret)
		c.EHR.Documents.Timeout = time.Second
	})
	st.w = n.world
	st.answer = func(rw http.ResponseWriter, r *http.Request, nth int) {
		switch nth % 3 {
		case 1:
			panic(http.ErrAbortHandler)
		case 2:
			<-r.Context().Done()
		default:
			rw.WriteHeader(http.StatusCreated)
		}
	}
	n.callbacksAt(t, n.alternate(t))
	for i := range candidates {
		p := n.follower(t, i)
		for k := range each {
			photo, err := takePhoto(each*i + k + 1)
			if err == nil {
				_, err = p.SendImage(photo)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	n.untilPushed(t, candidates, each)
	before := st.counts()
	for i, got := range before {
		want := 2
		if (i+1)%3 == 0 {
			want = 1
		}
		if got != want {
			t.Errorf("file %d came %d times, want %d", i+1, got, want)
		}
	}
	for _, node := range n.urls {
		code, err := n.call(http.MethodPost, node+"/v1/documents/push", asEHR, `{"all": true}`)
		if err != nil || code != http.StatusAccepted {
			t.Fatalf("pushing all again: %d, %v: %s", code, err, n.last)
		}
	}
	n.until(t, "all came again", func() bool {
		for i, got := range st.counts() {
			if got <= before[i] {
				return false
			}
		}
		return true
	})
	n.untilPushed(t, candidates, each)
	st.mu.Lock()
	defer st.mu.Unlock()
	if len(st.names) != candidates*each || len(st.wrong) > 0 {
		t.Errorf("the storage holds %d files, and refused %v", len(st.names), st.wrong)
	}
	for i := range candidates * each {
		photo, err := takePhoto(i + 1)
		held := 0
		for _, content := range st.files {
			if slices.Equal(content, photo) {
				held++
			}
		}
		if err != nil || held != 1 {
			t.Errorf("photo %d is there %d times, %v", i+1, held, err)
		}
	}
}

// counts are how often each file came, in the order in which they came first.
func (st *storage) counts() (all []int) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, name := range st.names {
		all = append(all, st.puts[name])
	}
	return all
}

// untilPushed waits until each of so many candidates has so many documents in
// the EHR's storage, as either gateway tells.
func (n *nodes) untilPushed(t *testing.T, candidates, each int) {
	t.Helper()
	for i := range candidates {
		n.until(t, fmt.Sprint("the documents of candidate ", i, " are in the EHR's storage"), func() bool {
			code, err := n.call(http.MethodGet, fmt.Sprintf("%s/v1/candidates/E-%d/documents", n.urls[i%2], i), asEHR, "")
			if err != nil || code != http.StatusOK && code != http.StatusTooManyRequests {
				t.Fatalf("listing documents: %d, %v: %s", code, err, n.last)
			}
			var list struct{ Documents []json.RawMessage }
			if err := json.Unmarshal([]byte(n.last), &list); err != nil {
				t.Fatal(err)
			}
			return len(list.Documents) == each && strings.Count(n.last, `"state":"pushed"`) == each
		})
	}
}
