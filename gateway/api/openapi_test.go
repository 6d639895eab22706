package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"html"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"jiebao/conversations"
	"jiebao/gateway/ehr/catalogue"
)

var update = flag.Bool("update", false, "write the golden files anew")

func openAPI(t *testing.T) map[string]any {
	t.Helper()
	got := newServer(t).get("/openapi.json", "Authorization", "")
	if got.code != http.StatusOK || got.header.Get("Content-Type") != "application/openapi+json" {
		t.Fatalf("%d %s", got.code, got.header.Get("Content-Type"))
	}
	return got.json(t)
}

// TestOpenAPIStaysAsItIs shows every change of the contract to whoever makes
// it. Run it with -update and look at the difference.
func TestOpenAPIStaysAsItIs(t *testing.T) {
	t.Parallel()
	const golden = "testdata/openapi.json"
	var got bytes.Buffer
	e := json.NewEncoder(&got)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(openAPI(t)); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the contract changed: see the difference with go test ./gateway/api -update && git diff %s", golden)
	}
}

func TestOpenAPIIsComplete(t *testing.T) {
	t.Parallel()
	doc := openAPI(t)
	if doc["openapi"] != "3.1.0" {
		t.Errorf("it is OpenAPI %v", doc["openapi"])
	}
	var types []string
	for name, item := range doc["webhooks"].(map[string]any) {
		if name == "document" { // which is no event
			continue
		}
		types = append(types, name)
		body := item.(map[string]any)["post"].(map[string]any)["requestBody"].(map[string]any)
		example := body["content"].(map[string]any)["application/json"].(map[string]any)["example"].(map[string]any)
		if example["type"] != name || example["data"].(map[string]any)["sequence"] == nil {
			t.Errorf("the example of %s is %v", name, example)
		}
	}
	if len(types) != len(catalogue.Entries()) {
		t.Errorf("it documents %q", types)
	}
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	schemas := doc["components"].(map[string]any)["schemas"].(map[string]any)
	for name, s := range schemas {
		if !bytes.Contains(text, []byte(`"#/components/schemas/`+name+`"`)) {
			t.Errorf("nothing refers to %s", name)
		}
		for field, f := range s.(map[string]any)["properties"].(map[string]any) {
			if f.(map[string]any)["description"] == nil {
				t.Errorf("%s.%s is not explained", name, field)
			}
		}
	}
	strict := []string{
		"Address", "AppPost", "Batch", "Beliefs", "BelievedCandidate", "BelievedDocument", "Candidate", "ChangeOffer", "Command", "DecideSchedule",
		"DevicePost", "Document", "EndpointPost", "EndpointPut", "Interview", "Offer", "OfferPatch", "PausePost", "Position", "Reassign", "ReplayPost",
		"Result", "ReviewDocument", "RotatePost", "SendMessage", "Webhook", "WebhookProxy", "WebhookTLS", "WithdrawOffer",
	}
	for name, s := range schemas {
		if s.(map[string]any)["additionalProperties"] == false != slices.Contains(strict, name) {
			t.Errorf("%s: additional properties are %v", name, s.(map[string]any)["additionalProperties"])
		}
	}
}

// TestExamplesAreTrue posts the documentation's example and holds the answer
// to what is documented.
// TestProblemsSayWhatTheyMeanThere: a status is described as the operation uses
// it, and not as posting results does.
func TestProblemsSayWhatTheyMeanThere(t *testing.T) {
	t.Parallel()
	paths := openAPI(t)["paths"].(map[string]any)
	for at, want := range map[[3]string]string{
		{"/v1/results", "post", "409"}:                        "used before for another document",
		{"/v1/candidates/{id}/withdraw-offer", "post", "409"}: "offer is over",
		{"/v1/commands", "post", "400"}:                       "no Idempotency-Key",
		{"/v1/endpoints", "post", "409"}:                      "The id is taken",
		{"/v1/events", "get", "409"}:                          "no feed",
		{"/v1/documents/push", "post", "409"}:                 "no storage",
		{"/v1/app/messages", "post", "401"}:                   "token-expired",
	} {
		op := paths[at[0]].(map[string]any)[at[1]].(map[string]any)
		said, _ := op["responses"].(map[string]any)[at[2]].(map[string]any)["description"].(string)
		if !strings.Contains(said, want) {
			t.Errorf("%v: %q", at, said)
		}
	}
}

// TestEventsAreNamedAsTheyAre: the examples of events' ids are such ids.
func TestEventsAreNamedAsTheyAre(t *testing.T) {
	t.Parallel()
	seen := 0
	var walk func(name string, v any)
	walk = func(name string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, inner := range v {
				if key == "example" || key == "examples" { // of the property around it
					key = name
				}
				walk(key, inner)
			}
		case []any:
			for _, inner := range v {
				walk(name, inner)
			}
		case string:
			if name != "event_id" && name != "event_ids" {
				return
			}
			if strings.Contains(v, "cnv_") { // other strings are types and descriptions
				seen++
				if _, _, ok := conversations.ParseEventID(v); !ok {
					t.Errorf("%q is not the id of an event", v)
				}
			}
		}
	}
	walk("", openAPI(t))
	if seen == 0 {
		t.Error("there are no examples")
	}
}

func TestExamplesAreTrue(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	post := openAPI(t)["paths"].(map[string]any)["/v1/results"].(map[string]any)["post"].(map[string]any)
	media := post["requestBody"].(map[string]any)["content"].(map[string]any)["application/json"].(map[string]any)
	example, err := json.Marshal(media["example"])
	if err != nil {
		t.Fatal(err)
	}
	got := s.post(string(example))
	if got.code != http.StatusCreated {
		t.Fatalf("%d %s", got.code, got.body)
	}
	responses := post["responses"].(map[string]any)
	documented := responses["201"].(map[string]any)["content"].(map[string]any)["application/json"].(map[string]any)["example"].(map[string]any)
	for field := range got.json(t) {
		if _, ok := documented[field]; !ok && field != "waiting_for" {
			t.Errorf("the documented answer lacks %s", field)
		}
	}
	for _, code := range []string{"200", "201", "400", "401", "403", "409", "413", "415", "422", "500"} {
		if r, ok := responses[code].(map[string]any); !ok || r["description"] == "" {
			t.Errorf("the answer %s is not documented", code)
		}
	}
}

func TestDocsPage(t *testing.T) {
	t.Parallel()
	got := newServer(t).get("/docs", "Authorization", "")
	page := string(got.body)
	if got.code != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
		t.Fatalf("%d %s", got.code, got.header.Get("Content-Type"))
	}
	policy := got.header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "script-src") || strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is %q", policy)
	}
	for _, want := range []string{
		"/v1/results/{id}/invitation", "王小明", "required", "HMAC-SHA256", "7月13号", `id="schema-Offer"`, `href="/openapi.json"`, "one of zh-CN, zh-HK, en",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, e := range catalogue.Entries() {
		if !strings.Contains(page, string(e.Type())) || !strings.Contains(page, html.EscapeString(e.Title.English)) {
			t.Errorf("the page lacks %s", e.Type())
		}
	}
	for _, foreign := range []string{`src="http`, `src="//`, `<link rel="stylesheet" href="http`, "<style", "style=", "onclick", "<script"} {
		if strings.Contains(page, foreign) {
			t.Errorf("the page has %q", foreign)
		}
	}
}

// TestEventsPage holds the page of the events to the catalogue, and each event
// to a schema that is served where its dataschema says.
func TestEventsPage(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	got := s.get("/docs/events", "Authorization", "")
	page := string(got.body)
	if got.code != http.StatusOK || strings.Contains(page, "<script") || strings.Contains(page, "style=") {
		t.Fatalf("%d, or it needs what its policy forbids", got.code)
	}
	for _, e := range catalogue.Entries() {
		for _, want := range []string{`id="` + string(e.Type()) + `"`, e.Title.Chinese, html.EscapeString(e.Meaning.English)} {
			if !strings.Contains(page, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		urn := strings.Split(e.Example.DataSchema, ":")
		path := "/docs/events/" + strings.Join(urn[3:], "/")
		if schema := s.get(path, "Authorization", ""); schema.json(t)["$id"] != e.Example.DataSchema || !strings.Contains(page, path) {
			t.Errorf("%s is not the schema %s", path, e.Example.DataSchema)
		}
	}
}
