package api_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
)

// The files with a request for every operation, for people who try the API by
// hand. They are made of the OpenAPI document; requests/README.md says how they
// are used.
const (
	httpFile    = "requests/jiebao.http"
	postmanFile = "requests/jiebao.postman_collection.json"
)

// sample is an operation's request with the document's examples.
type sample struct {
	op      *operation
	summary string
	tag     string
	path    string // with {{variables}}
	header  map[string]string
	body    string
}

func samples(t *testing.T, text []byte) (all []sample) {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]struct {
			Summary string   `json:"summary"`
			Tags    []string `json:"tags"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	for _, op := range operationsIn(t, text) {
		d := doc.Paths[op.path][strings.ToLower(op.method)]
		s := sample{op: op, summary: d.Summary, tag: d.Tags[0], path: "{{url}}" + op.path, header: map[string]string{}}
		for _, p := range op.parameters {
			if p.In == "path" {
				s.path = strings.ReplaceAll(s.path, "{"+p.Name+"}", url.PathEscape(fmt.Sprint(cmp.Or(p.Example, first(p.Schema["examples"])))))
			}
		}
		switch {
		case op.takes("bearer"):
			s.header["Authorization"] = "Bearer {{key}}"
		case op.takes("candidate"):
			s.header["Authorization"] = "Bearer {{candidate_token}}"
		}
		if op.keyed() {
			s.header["Idempotency-Key"] = "{{$guid}}"
		}
		if len(op.body) > 0 {
			s.write(t)
		}
		all = append(all, s)
	}
	return all
}

// write fills in the body, and with what an access token is asked for.
func (s *sample) write(t *testing.T) {
	media := slices.Min(slices.Collect(maps.Keys(s.op.body)))
	s.header["Content-Type"] = media
	if media == formMedia {
		s.body = "grant_type=client_credentials&client_id={{key_name}}&client_secret={{key}}"
		return
	}
	s.body = indented(t, s.op.body[media])
}

func indented(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}

func asHTTP(all []sample) string {
	var b strings.Builder
	b.WriteString("# A request for every operation of Jiebao's API. Set the variables below; keys are\n# those of api.keys in the configuration.\n\n@url = http://127.0.0.1:8080\n@key_name = ehr\n@key = \n@candidate_token = \n")
	for _, s := range all {
		fmt.Fprintf(&b, "\n### %s: %s\n# @name %s\n%s %s\n", s.tag, s.summary, s.op.id, s.op.method, s.path)
		for _, name := range slices.Sorted(maps.Keys(s.header)) {
			fmt.Fprintf(&b, "%s: %s\n", name, s.header[name])
		}
		if s.body != "" {
			b.WriteString("\n" + s.body + "\n")
		}
	}
	return b.String()
}

// asPostman writes a collection of the format 2.1.0 (Postman Collection Format).
func asPostman(t *testing.T, all []sample) string {
	t.Helper()
	folders := map[string][]any{}
	for _, s := range all {
		var headers []any
		for _, name := range slices.Sorted(maps.Keys(s.header)) {
			headers = append(headers, map[string]any{"key": name, "value": s.header[name]})
		}
		request := map[string]any{"method": s.op.method, "header": headers, "url": s.path}
		if headers == nil {
			request["header"] = []any{}
		}
		if s.body != "" {
			request["body"] = map[string]any{"mode": "raw", "raw": s.body}
		}
		folders[s.tag] = append(folders[s.tag], map[string]any{"name": s.summary, "request": request})
	}
	var items []any
	for _, tag := range slices.Sorted(maps.Keys(folders)) {
		items = append(items, map[string]any{"name": tag, "item": folders[tag]})
	}
	variable := func(key, value string) map[string]any { return map[string]any{"key": key, "value": value} }
	return indented(t, map[string]any{
		"info":     map[string]any{"name": "Jiebao", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
		"item":     items,
		"variable": []any{variable("url", "http://127.0.0.1:8080"), variable("key_name", "ehr"), variable("key", ""), variable("candidate_token", "")},
	}) + "\n"
}

// TestRequestsAreThoseOfTheDocument keeps the files up to date. Run it with
// -update to write them anew.
func TestRequestsAreThoseOfTheDocument(t *testing.T) {
	t.Parallel()
	all := samples(t, newServer(t).get("/openapi.json").body)
	for file, got := range map[string]string{httpFile: asHTTP(all), postmanFile: asPostman(t, all)} {
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil || got != string(want) {
			t.Errorf("%s is not made of this document (%v): go test ./gateway/api -update", file, err)
		}
		for _, own := range []string{"/tmp/", "/work/", "/home/", headKey, beijingKey} {
			if strings.Contains(got, own) {
				t.Errorf("%s holds %s", file, own)
			}
		}
	}
}
