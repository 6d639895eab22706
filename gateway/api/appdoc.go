package api

import (
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/conversations"
)

// finishApp documents repeats, and shows what is posted.
func finishApp(op *huma.Operation) {
	if created := op.Responses["201"]; created != nil { // and a repeat
		op.Responses["200"] = &huma.Response{Description: "It was said before.", Headers: created.Headers, Content: created.Content}
	}
	if body := op.RequestBody; body != nil {
		body.Content["application/json"].Example = appPosts()[op.OperationID]
	}
}

func appMeanings() map[int]string {
	return map[int]string{
		http.StatusOK:                    "It was done, or how it stands.",
		http.StatusCreated:               "It was said.",
		http.StatusNoContent:             "It was done.",
		http.StatusBadRequest:            "The body is no JSON document.",
		http.StatusUnauthorized:          "There is no valid token or API key, or the token ended (urn:jiebao:problem:token-expired).",
		http.StatusForbidden:             "The token is for another candidate.",
		http.StatusNotFound:              "There is no such thing in the candidate's conversation, or no such candidate in the branch of the API key.",
		http.StatusConflict:              "No push account serves the candidate's branch.",
		http.StatusUnprocessableEntity:   "Something is wrong; every wrong field is named, and nothing was stored.",
		http.StatusTooManyRequests:       "The candidate's app asks too often; Retry-After says when to come back.",
		http.StatusInternalServerError:   "Something failed on our side; repeating is safe.",
		http.StatusRequestEntityTooLarge: "The body is larger than 64 KiB.",
	}
}

func exampleMessage() AppMessage {
	return AppMessage{
		ID: "cnv_8sKq2VnT4x-7", N: 7, From: string(conversations.ByBot), Kind: "text", Text: "请问您能在2026年7月6日入职吗？", At: bankTime(22, 9, 30, 2),
		Choices: []AppChoice{{"start.yes", "可以，准时入职"}, {"start.other", "想换个日期"}}, Read: true,
	}
}

// appExamples are answers, by operation.
func appExamples() map[string]any {
	said := AppMessage{
		ID: "cnv_8sKq2VnT4x-8", N: 8, From: string(conversations.ByCandidate), Kind: "text", Text: "可以晚一周入职吗？", At: bankTime(22, 9, 31, 0),
		ClientID: "0b9c6a3e-0d3f-4b0e-8f0e-4f6a0c7d2a11",
	}
	return map[string]any{
		"issue-candidate-token": CandidateToken{
			Token: "jbc_AWf3mZAAB2JhbmthcHBDLTIwMjYtMDAwODE1Q4k2xNGv0qPz1mYd9hT7sA", ExpiresAt: bankTime(22, 9, 30, 0).Add(time.Hour), Account: "bankapp",
		},
		"register-device":   DeviceKept{"t3o0mGbXx1m0qgKZzDk3Vw", bankTime(22, 9, 30, 0)},
		"read-own-messages": AppThread{Messages: []AppMessage{exampleMessage()}, Speaker: "bot", Cursor: "7-mc8x1k2o"},
		"send-own-message":  said,
	}
}

// appPosts are bodies, by operation.
func appPosts() map[string]any {
	return map[string]any{
		"register-device": DevicePost{
			Provider: "jpush", Token: "18171adc033ae2f4a1b", Handset: "3f2b7c1e-5d4a-4c8b-9a57-0d5f2f6a1b20", Vendor: "xiaomi", Locale: "zh-CN",
		},
		"send-own-message": AppPost{ClientID: "0b9c6a3e-0d3f-4b0e-8f0e-4f6a0c7d2a11", Text: "可以晚一周入职吗？"},
	}
}
