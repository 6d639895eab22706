package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
)

func TestMarkdown(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a **b** `c<d>`":                    "<p>a <strong>b</strong> <code>c&lt;d&gt;</code></p>\n",
		"a\n\nb":                            "<p>a</p>\n<p>b</p>\n",
		"- a\n- b":                          "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n",
		"[w](https://example.com)":          `<p><a href="https://example.com" rel="noreferrer">w</a></p>` + "\n",
		"[w](javascript:alert(1)) <script>": "<p>[w](javascript:alert(1)) &lt;script&gt;</p>\n",
	} {
		if got := string(markdown(in)); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}

// FuzzStrictJSON: what passes is what the decoder takes, and it says the
// same when it is written anew.
func FuzzStrictJSON(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":{"b":[1,"x",null,true]}}`, `{"a":1,"A":2}`, `[[`, `{"a"`, `1 2`, "\xff", `{"ſ":1,"s":2}`, `{"\u0061":1,"a":2}`, `"\ud83d\ude00"`, `"\ud83d\\ude00"`, `"\udc00"`, `"\\ud800"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if strictJSON(body) != nil {
			return
		}
		var v any
		if err := json.Unmarshal(body, &v); err != nil {
			if strings.Contains(err.Error(), "cannot unmarshal number") { // beyond float64; the schema's check says so
				return
			}
			t.Fatalf("%q passes, and the decoder says %v", body, err)
		}
		again, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := strictJSON(again); err != nil {
			t.Errorf("%q passes, and %q does not: %v", body, again, err)
		}
		if bytes.ContainsRune(again, unicode.ReplacementChar) && !bytes.ContainsRune(body, unicode.ReplacementChar) && !bytes.Contains(bytes.ToLower(body), []byte(`\ufffd`)) {
			t.Errorf("%q passes, and is read as %q", body, again)
		}
	})
}

func TestStrictJSONSaysWhere(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth)
	for body, want := range map[string]string{
		`{"a":[{"b":"\\","c":1},{"b":"\""}],"\u00e4":{}}`: "",
		deep:                        "",
		"[" + deep + "]":            "it is nested deeper than 32 levels",
		"{\"a\":\"\xff\"}":          "it is not in UTF-8",
		`{"a":1}{`:                  "something follows its end",
		`{"a":1,}`:                  "it is not well-formed after byte 8",
		`{"a":`:                     "it is not well-formed after byte 5",
		``:                          "it is not well-formed after byte 0",
		`{"a":1,"b":{"a":2},"A":3}`: "a name occurs twice in one object, before byte 22",
		`{"\u0061":1,"a":2}`:        "a name occurs twice in one object, before byte 15",
		`{"ſ":1,"s":2}`:             "a name occurs twice in one object, before byte 11",
	} {
		got := ""
		if err := strictJSON([]byte(body)); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("of %q it is said %q, want %q", body, got, want)
		}
	}
}

func TestEveryAnswerIsWorded(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 201, 202, 400, 401, 403, 404, 409, 413, 415, 422, 500} {
		if meanings()[status] == "" {
			t.Errorf("%d %s is not explained", status, http.StatusText(status))
		}
	}
}

func FuzzCandidateToken(f *testing.F) {
	ours := tokens{secret: bytes.Repeat([]byte("k"), 32)}
	theirs := tokens{secret: bytes.Repeat([]byte("t"), 32)}
	h := holder{candidate: "C-2026-000815", account: "bankapp", expires: time.Unix(1_795_600_000, 0)}
	for _, token := range []string{ours.make(h), theirs.make(h), "", "jbc_", "jbc_AQ", ours.make(holder{}), ours.make(h) + "A", strings.TrimPrefix(ours.make(h), "jbc_")} {
		f.Add(token)
	}
	f.Fuzz(func(t *testing.T, token string) {
		read, err := ours.read(token)
		if err == nil && ours.make(read) != token {
			t.Errorf("%q is read as %+v, whose token is another", token, read)
		}
	})
	if read, err := ours.read(ours.make(h)); err != nil || read.candidate != h.candidate || read.account != h.account || !read.expires.Equal(h.expires) {
		f.Errorf("read as %+v (%v)", read, err)
	}
	if _, err := ours.read(theirs.make(h)); err == nil {
		f.Error("another key's token is taken")
	}
}

func FuzzCursor(f *testing.F) {
	for _, text := range []string{"7-mc8x1k2o", "", "-", "0-0", "7", "-1-1", "7--1", "99999999999999999999-1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCursor(text)
		if err != nil {
			return
		}
		again, err := parseCursor(c.String())
		if err != nil || again.n != c.n || !again.at.Equal(c.at) {
			t.Errorf("%q is read as %v and then as %v (%v)", text, c, again, err)
		}
	})
}

func FuzzAccessToken(f *testing.F) {
	ours, theirs := access{[][]byte{bytes.Repeat([]byte("k"), 32)}}, access{[][]byte{bytes.Repeat([]byte("t"), 32)}}
	key := &Key{Name: "ehr", Hash: [32]byte{1}}
	named := func(name string) *Key {
		if name == key.Name {
			return key
		}
		return nil
	}
	g := grant{key: "ehr", scopes: []string{"app", "events:read"}, expires: time.Unix(1_795_600_000, 0)}
	for _, token := range []string{ours.make(g, key), theirs.make(g, key), "", "jba_", "jba_AQ", ours.make(grant{}, key), ours.make(g, key) + "A", ours.make(g, &Key{Name: "ehr"})} {
		f.Add(token)
	}
	f.Fuzz(func(t *testing.T, token string) {
		read, of, err := ours.read(token, named)
		if err == nil && (of != key || ours.make(read, key) != token) {
			t.Errorf("%q is read as %+v, whose token is another", token, read)
		}
	})
	read, _, err := ours.read(ours.make(g, key), named)
	if err != nil || read.key != "ehr" || len(read.scopes) != 2 || !read.expires.Equal(g.expires) {
		f.Errorf("read as %+v (%v)", read, err)
	}
	if _, _, err := theirs.read(ours.make(g, key), named); err == nil {
		f.Error("another secret's token is taken")
	}
	if _, _, err := (access{append(theirs.secrets, ours.secrets...)}).read(ours.make(g, key), named); err != nil {
		f.Errorf("a former secret's token: %v", err)
	}
}
