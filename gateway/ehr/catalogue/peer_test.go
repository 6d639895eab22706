package catalogue_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"jiebao/conversations/storetest/testenv"
	"jiebao/gateway/ehr/catalogue"
)

// TestPeerReads lets the CloudEvents project's own JavaScript library read an
// event of every type, and refuse one that is none.
func TestPeerReads(t *testing.T) {
	t.Parallel()
	node := testenv.Node(t, "peers")
	var bodies []string
	for _, e := range catalogue.Entries() {
		body, err := json.Marshal(e.Example)
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, string(body), string(bytes.Replace(body, []byte(`"source":"`), []byte(`"sauce":"`), 1)))
	}
	in, err := json.Marshal(bodies)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "read.mjs")
	cmd.Dir, cmd.Stdin, cmd.Stderr = "peers", bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("running peers/read.mjs: %v", err)
	}
	var read []json.RawMessage
	if err := json.Unmarshal(out, &read); err != nil || len(read) != len(bodies) {
		t.Fatalf("peers/read.mjs said %q: %v", out, err)
	}
	for i, e := range catalogue.Entries() {
		var got struct{ SpecVersion, ID, Source, Type, Subject, DataContentType, DataSchema, Sequence, Candidate string }
		if err := json.Unmarshal(read[2*i], &got); err != nil {
			t.Errorf("%s: the peer says %s", e.Type(), read[2*i])
			continue
		}
		want := e.Example
		if got.SpecVersion != "1.0" || got.ID != want.ID || got.Source != want.Source || got.Type != string(want.Type) || got.Subject != want.Subject ||
			got.DataContentType != "application/json" || got.DataSchema != want.DataSchema || got.Sequence != want.Order || got.Candidate != want.Data.Candidate {
			t.Errorf("%s: the peer reads %s", e.Type(), read[2*i])
		}
		if string(read[2*i+1]) != `"refused"` {
			t.Errorf("%s without a source: the peer says %s", e.Type(), read[2*i+1])
		}
	}
}
