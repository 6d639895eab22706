package api_test

// The examples that TestContract needs beside those of the document. Whoever
// adds an operation adds them here, or in a file of the subject's own with a
// line in examples.

import (
	"net/http"
	"strings"
	"testing"

	"jiebao/conversations"
)

func resultExamples() []example {
	posted := func(t *testing.T, w *world) { w.postDocumented() }
	return []example{
		{operation: "post-result", status: http.StatusCreated},
		{operation: "post-result", status: http.StatusOK, before: posted},
		{operation: "post-result", status: http.StatusConflict, before: func(t *testing.T, w *world) {
			w.post(aResult(t, "id", "R-2026-000815"))
		}},
		{operation: "preflight-results", status: http.StatusOK},
		{operation: "preflight-results", status: http.StatusOK, query: "format=ndjson"},
		{operation: "preflight-results", status: http.StatusOK, query: "format=csv"},
	}
}

func candidateExamples() []example {
	failing := func(t *testing.T, w *world) {
		alarm := conversations.Alarm{Since: now(), Last: now(), Count: 1, Account: "beijing", Work: conversations.TaskDeliver, Reason: conversations.Credentials, Code: "40164"}
		kept, _, err := w.db.RaiseAlarm(t.Context(), alarm)
		if err != nil {
			t.Fatal(err)
		}
		w.path["id"] = kept.ID
	}
	return []example{
		{operation: "list-alarms", status: http.StatusOK, before: failing},
		{operation: "resume-account", status: http.StatusNoContent, before: failing},
	}
}

func commandExamples() []example {
	return []example{
		{operation: "decide-schedule", status: http.StatusOK, before: func(t *testing.T, w *world) {
			w.do(http.MethodPost, "/v1/app/messages", `{"client_id":"one","text":"可以晚一周入职吗？"}`, "Content-Type", jsonMedia, "Authorization", "Bearer "+w.tokenOf("C-2026-000815"))
			w.body = map[string]any{"request_id": w.application().Request.ID, "verdict": "approved"}
		}},
		{operation: "review-document", status: http.StatusOK, before: func(t *testing.T, w *world) {
			w.body = map[string]any{"document_id": w.upload(), "state": "accepted"}
		}},
		{operation: "link-document", status: http.StatusOK, before: func(t *testing.T, w *world) { w.path["document"] = w.upload() }},
		{operation: "push-document", status: http.StatusAccepted, before: func(t *testing.T, w *world) {
			w.engine.PushDocuments = true
			w.path["document"] = w.upload()
		}},
		{operation: "push-documents", status: http.StatusAccepted, before: func(t *testing.T, w *world) { w.engine.PushDocuments = true }},
		{operation: "push-documents", status: http.StatusConflict},
		{operation: "push-document", status: http.StatusConflict, before: func(t *testing.T, w *world) { w.path["document"] = w.upload() }},
		{operation: "reassign", status: http.StatusOK, before: func(t *testing.T, w *world) {
			if err := w.db.CreateAgent(t.Context(), conversations.Agent{ID: "li.na", Name: "李娜", Role: conversations.RoleAgent, Scope: conversations.Scope{"head"}}); err != nil {
				t.Fatal(err)
			}
		}},
	}
}

// conversation is that with the candidate of the documented result.
func (w *world) conversation() conversations.Conversation {
	w.t.Helper()
	c, err := w.db.Candidate(w.t.Context(), conversations.Everything, "C-2026-000815")
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// upload puts a document into the conversation and returns its id.
func (w *world) upload() string {
	w.t.Helper()
	id := w.conversation().ID
	file := conversations.Uploaded{Document: id + "-u1", MIME: "image/jpeg", Size: 9, SHA256: strings.Repeat("0", 64), Scan: "clean"}
	if _, err := w.db.Apply(w.t.Context(), conversations.Target{Conversation: id}, conversations.Upload{Item: "id_card", Files: []conversations.Uploaded{file}}); err != nil {
		w.t.Fatal(err)
	}
	return file.Document
}

func (w *world) application() *conversations.Application {
	c := w.conversation()
	return c.Application()
}

func appExamplesOfContract() []example {
	toldOf := func(t *testing.T, w *world) { w.path["id"] = w.told("C-2026-000815") }
	registered := func(t *testing.T, w *world) {
		got := w.do(http.MethodPost, "/v1/devices", documented(t, w.server, "/v1/devices"), "Content-Type", jsonMedia, "Authorization", "Bearer "+w.tokenOf("C-2026-000815"))
		w.path["id"] = got.json(t)["id"].(string)
	}
	said := map[string]any{"client_id": "one", "text": "可以晚一周入职吗？"}
	return []example{
		{operation: "issue-candidate-token", status: http.StatusConflict, path: map[string]string{"id": "C-shanghai"}, before: func(t *testing.T, w *world) {
			w.post(aResult(t, "branch", "head/shanghai", "candidate.id", "C-shanghai"))
		}},
		{operation: "register-device", status: http.StatusOK, as: asCandidate},
		{operation: "register-device", status: http.StatusForbidden, as: asCandidate, body: map[string]any{"candidate_id": "C-another", "provider": "jpush", "token": "18171adc033ae2f4a1b"}},
		{operation: "register-device", status: http.StatusNotFound, as: beijingKey, body: map[string]any{"candidate_id": "C-shanghai", "provider": "jpush", "token": "18171adc033ae2f4a1b"}, before: func(t *testing.T, w *world) {
			w.post(aResult(t, "branch", "head/shanghai", "candidate.id", "C-shanghai"))
		}},
		{operation: "delete-device", status: http.StatusNoContent, before: registered},
		{operation: "send-own-message", status: http.StatusCreated, body: said},
		{operation: "send-own-message", status: http.StatusOK, body: said, before: func(t *testing.T, w *world) {
			w.do(http.MethodPost, "/v1/app/messages", `{"client_id":"one","text":"可以晚一周入职吗？"}`, "Content-Type", jsonMedia, "Authorization", "Bearer "+w.tokenOf("C-2026-000815"))
		}},
		{operation: "acknowledge-delivery", status: http.StatusNoContent, before: toldOf},
		{operation: "acknowledge-reading", status: http.StatusNoContent, before: toldOf},
	}
}

// told is the id of a message that a candidate was told by the app.
func (w *world) told(candidate string) string {
	w.t.Helper()
	got := w.get("/v1/app/messages", "Authorization", "Bearer "+w.tokenOf(candidate)).json(w.t)
	return got["messages"].([]any)[0].(map[string]any)["id"].(string)
}

func oauthExamples() []example {
	client := map[string]any{"grant_type": "client_credentials", "client_id": "ehr", "client_secret": headKey, "scope": "results:read events:read"}
	return []example{
		{operation: "issue-access-token", status: http.StatusOK, body: client},
		{operation: "issue-access-token", status: http.StatusUnauthorized, body: map[string]any{"grant_type": "client_credentials", "client_id": "ehr", "client_secret": "wrong"}},
		{operation: "issue-access-token", status: http.StatusBadRequest, body: map[string]any{"grant_type": "client_credentials"}, header: map[string]string{"Content-Type": "text/plain"}},
	}
}
