package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
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
	for _, seed := range []string{`{}`, `{"a":{"b":[1,"x",null,true]}}`, `{"a":1,"A":2}`, `[[`, `{"a"`, `1 2`, "\xff", `{"ſ":1,"s":2}`, `{"\u0061":1,"a":2}`} {
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
	})
}

func TestEveryAnswerIsWorded(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 201, 202, 400, 401, 403, 404, 409, 413, 415, 422, 500} {
		if meanings()[status] == "" {
			t.Errorf("%d %s is not explained", status, http.StatusText(status))
		}
	}
}
