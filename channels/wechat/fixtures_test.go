package wechat

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"jiebao/channels"
	"jiebao/conversations"
)

var update = flag.Bool("update", false, "write what is parsed into the fixtures")

// parsed is a batch without what cannot be compared.
type parsed struct {
	Inbound  []conversations.Inbound `json:",omitempty"`
	Receipts []channels.Receipt      `json:",omitempty"`
	Ack      string
	Seals    bool
}

func parsedBatch(b channels.Batch) parsed {
	return parsed{b.Inbound, b.Receipts, string(b.Ack), b.Seal != nil}
}

// Every fixture is a document as the platform prints it, and what it means.
// It means the same however it is wrapped.
func TestFixtures(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/callbacks/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no fixtures", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			document := string(archive.Files[0].Data)
			got := parseEverywhere(t, document)
			if *update {
				raw, _ := json.MarshalIndent(got, "", "  ")
				archive.Files = append(archive.Files[:1], txtar.File{Name: "want.json", Data: append(raw, '\n')})
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if len(archive.Files) != 2 {
				t.Fatal("the fixture does not say what it means")
			}
			var want parsed
			if err := json.Unmarshal(archive.Files[1].Data, &want); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// parseEverywhere parses the document in every mode and with both keys and
// checks that it makes no difference.
func parseEverywhere(t *testing.T, document string) parsed {
	t.Helper()
	rotated := testAccount(Secure)
	rotated.PreviousEncodingAESKey = testOldKey
	compat := sealedPost(t, document, testKey, epoch)
	compat.body = strings.Replace(document, "</xml>", "", 1) + strings.TrimPrefix(compat.body, "<xml>")
	ways := []struct {
		name    string
		account Account
		post    post
	}{
		{"secure", testAccount(Secure), sealedPost(t, document, testKey, epoch)},
		{"compat", testAccount(Compat), compat},
		{"plain", testAccount(Plain), plainPost(document, epoch)},
		{"plain, switched to secure at the console first", testAccount(Plain), sealedPost(t, document, testKey, epoch)},
		{"previous key", rotated, sealedPost(t, document, testOldKey, epoch)},
		{"current of two keys", rotated, sealedPost(t, document, testKey, epoch)},
	}
	var first parsed
	for i, w := range ways {
		batch, err := newAdapter(t, w.account, Options{}).Parse(w.post.request())
		if err != nil {
			t.Fatalf("%s: %v", w.name, err)
		}
		got := parsedBatch(batch)
		if i == 0 {
			first = got
		} else if d := cmp.Diff(first, got); d != "" {
			t.Errorf("%s differs:\n%s", w.name, d)
		}
	}
	return first
}
