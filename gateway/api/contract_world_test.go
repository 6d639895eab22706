package api_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	liberrors "github.com/pb33f/libopenapi-validator/errors"

	"jiebao/conversations"
	"jiebao/conversations/clock"
	"jiebao/conversations/sqlstore"
	"jiebao/gateway/api"
	"jiebao/gateway/reconcile"
)

// nothingKey has a scope that no operation needs.
const nothingKey = "nothing-key-with-at-least-32-characters"

// world is the API over a real store, where trouble can be made.
type world struct {
	*server
	db      *sqlstore.Store
	engine  *conversations.Engine
	trouble int // the status that calls come to: 409 of requests with a key, 429 or 500; or 0
	// path holds parameters of the call's path that are known only now, and body
	// what is posted, if that is.
	path map[string]string
	body any
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{path: map[string]string{}}
	w.server = newServer(t, func(d *api.Deps) {
		engine := d.Store.(*memory).engine
		w.engine = engine
		engine.Channels, engine.Dialogue, engine.Routes = appAccounts{}, wishing{}, pushFirst{}
		var err error
		w.db, err = sqlstore.Open(t.Context(), sqlstore.Options{
			Driver: sqlstore.SQLite, DSN: filepath.Join(t.TempDir(), "jiebao.db"), Engine: engine, Now: now, NewID: randomID,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := w.db.Close(); err != nil {
				t.Error(err)
			}
		})
		d.Store, d.App.Store = busy{w.db, w}, w.db
		d.Documents.Thread = w.db.Thread
		compares, err := reconcile.New(reconcile.Options{Store: w.db, Clock: clock.NewVirtual(now()), NewID: randomID})
		if err != nil {
			t.Fatal(err)
		}
		d.Reconciliation = api.Reconciliation{Check: compares.Check, Settle: compares.SettleAt, Store: w.db}
		d.Endpoints.Store = w.db
		d.Keys = append(d.Keys, api.Key{Name: "nothing", Hash: sha256.Sum256([]byte(nothingKey)), Branch: "head", Scopes: []string{"nothing"}})
		for i := range d.Keys {
			d.Keys[i].PerMinute = 600
		}
		d.Limit = w.count
	})
	return w
}

// wishing is a dialogue in which whatever a candidate says is the wish for
// another date.
type wishing struct{}

func (wishing) Decide(t conversations.Turn) conversations.Decision {
	d := conversations.Decision{Memory: json.RawMessage(`{}`)}
	if t.Heard.Cue == conversations.CueSaid {
		d.Do = []conversations.Act{conversations.RequestSchedule{Date: conversations.Date{Year: 2026, Month: time.July, Day: 13}, Said: t.Heard.Text}}
	}
	return d
}

// busy is the store, which may be said to be doing every request already.
type busy struct {
	*sqlstore.Store
	w *world
}

func (b busy) BeginRequest(ctx context.Context, r conversations.Request) (conversations.Request, bool, error) {
	if b.w.trouble == http.StatusConflict {
		r.Until = now().Add(time.Hour)
		return r, false, nil
	}
	return b.Store.BeginRequest(ctx, r)
}

func randomID() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// count lets every call pass, unless there is to be trouble.
func (w *world) count(context.Context, string, int) api.Quota {
	switch w.trouble {
	case http.StatusTooManyRequests:
		return api.Quota{Full: time.Minute, Wait: time.Second}
	case http.StatusInternalServerError:
		panic("the test makes trouble")
	}
	return api.Quota{Left: 599, Full: 100 * time.Millisecond}
}

// prepare makes the world that a call is made in.
func (w *world) prepare(e example) {
	w.t.Helper()
	if e.operation != "post-result" {
		w.postDocumented()
	}
	if e.before != nil {
		e.before(w.t, w)
	}
}

// postDocumented posts the document's example of a result.
func (w *world) postDocumented() {
	w.t.Helper()
	if got := w.post(documented(w.t, w.server, "/v1/results")); got.code != http.StatusCreated {
		w.t.Fatalf("posting the documented result: %d %s", got.code, got.body)
	}
}

// documented is the example of what is posted to an address.
func documented(t *testing.T, s *server, path string) string {
	t.Helper()
	post := s.get("/openapi.json").json(t)["paths"].(map[string]any)[path].(map[string]any)["post"].(map[string]any)
	media := post["requestBody"].(map[string]any)["content"].(map[string]any)[jsonMedia].(map[string]any)
	b, err := json.Marshal(media["example"])
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// tokenOf is a candidate's, as the bank's backend gets it.
func (w *world) tokenOf(candidate string) string {
	w.t.Helper()
	got := w.do(http.MethodPost, "/v1/candidates/"+candidate+"/token", "")
	if got.code != http.StatusOK {
		w.t.Fatalf("making a token: %d %s", got.code, got.body)
	}
	return got.json(w.t)["token"].(string)
}

// credentials are those that a call is made with.
func (w *world) credentials(op *operation, as string) string {
	switch {
	case as == asNobody, as == "" && len(op.security) == 0:
		return ""
	case as == asCandidate, as == "" && !op.takes("bearer"):
		trouble := w.trouble
		w.trouble = 0
		defer func() { w.trouble = trouble }()
		return "Bearer " + w.tokenOf("C-2026-000815")
	case as == asStranger: // whose token is of another gateway with the same secret
		elsewhere := newWorld(w.t)
		elsewhere.post(aResult(w.t, "candidate.id", "C-elsewhere"))
		return "Bearer " + elsewhere.tokenOf("C-elsewhere")
	case as == "":
		return "Bearer " + headKey
	}
	return "Bearer " + as
}

// problemOfContract is one way in which a call or an answer is not as documented.
type problemOfContract struct{ message, reason, schema string }

func convert(ok bool, errs []*liberrors.ValidationError) (bool, []*problemOfContract) {
	var out []*problemOfContract
	for _, e := range errs {
		p := &problemOfContract{message: e.Message, reason: e.Reason}
		for _, s := range e.SchemaValidationErrors {
			p.schema += s.FieldPath + ": " + s.Reason + "; "
		}
		out = append(out, p)
	}
	return ok, out
}

func (c *contractDocument) check(t *testing.T, what string, validate func() (bool, []*problemOfContract)) {
	t.Helper()
	if ok, wrong := validate(); !ok {
		for _, p := range wrong {
			t.Errorf("%s is not as documented: %s: %s %s", what, p.message, p.reason, p.schema)
		}
	}
}
