package client_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"jiebao/gateway/client"
)

// A gateway that takes everything, for the examples.
func gateway() *httptest.Server {
	mux := http.NewServeMux()
	answer := func(pattern, body string) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
	}
	answer("POST /oauth2/token", `{"access_token":"jba_1","token_type":"Bearer","expires_in":3600,"scope":"results:write"}`)
	answer("POST /v1/results", `{"id":"R-2026-000815","status":"queued","version":1}`)
	answer("POST /v1/candidates/C-2026-000815/change-offer", `{"candidate_id":"C-2026-000815","status":"done","version":2}`)
	answer("GET /v1/candidates/C-2026-000815/events", `{"events":[{"id":"evt_1","type":"start_date.confirmed","data":{"candidate_id":"C-2026-000815","sequence":2,"start_date":{"date":"2026-07-06"}}}],"more":false}`)
	return httptest.NewServer(mux)
}

func Example() {
	server := gateway()
	defer server.Close()
	ctx := context.Background()

	c, err := client.New(server.URL, client.Key("the key of api.keys"), client.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	status, err := c.PostResult(ctx, client.Result{
		ID: "R-2026-000815", Branch: "head/beijing/chaoyang",
		Candidate: client.Candidate{ID: "C-2026-000815", Name: "王小明", Phone: "13800138000"},
		Position:  client.Position{ID: "teller", Title: "综合柜员"},
		Interview: client.Interview{Score: 86.5, Passed: true},
		Offer: client.Offer{
			StartDate: "2026-07-06", ReplyBy: time.Date(2026, time.June, 30, 18, 0, 0, 0, time.FixedZone("", 8*60*60)),
			Workplace: "北京市朝阳区建国路1号", ContactName: "李娜", ContactPhone: "010-12345678",
		},
	})
	if err != nil {
		fmt.Println(err) // *client.Problem names every wrong field
		return
	}
	fmt.Println(status.ID, status.Status)

	// The offer is changed only if nothing happened since we looked.
	outcome, err := c.ChangeOffer(ctx, "C-2026-000815", client.ChangeOffer{
		Offer: client.OfferPatch{StartDate: new("2026-07-13")},
	}, client.AtVersion(status.Version))
	if client.Is(err, "version-mismatch") {
		fmt.Println("the candidate answered meanwhile")
		return
	}
	fmt.Println(outcome.Status, err)

	for e, err := range c.Events(ctx, "C-2026-000815", 1) {
		if err != nil {
			fmt.Println(err)
			return
		}
		var said struct {
			StartDate struct{ Date string } `json:"start_date"`
		}
		if err := e.Data.Decode(&said); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(e.Data.Sequence, e.Type, said.StartDate.Date)
	}
	// Output:
	// R-2026-000815 queued
	// done <nil>
	// 2 start_date.confirmed 2026-07-06
}

// Access tokens instead of the key with every call.
func ExampleClientCredentials() {
	server := gateway()
	defer server.Close()
	c, err := client.New(server.URL, client.ClientCredentials{
		ID: "ehr", Secret: client.Key("the key of api.keys"), Scopes: []string{"results:write"},
	}, client.Options{Language: "en"})
	if err != nil {
		fmt.Println(err)
		return
	}
	status, err := c.PostResult(context.Background(), client.Result{ID: "R-2026-000815"})
	fmt.Println(status.Status, err)
	// Output: queued <nil>
}

// A webhook is verified, stored, and then answered.
func ExampleReceive() {
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	http.HandleFunc("/webhooks/jiebao", func(w http.ResponseWriter, r *http.Request) {
		event, err := client.Receive(r, time.Now(), secret)
		if err != nil {
			http.Error(w, "not taken", http.StatusBadRequest)
			return
		}
		fmt.Println(event.Type, event.Data.Sequence) // store it, once for each event.ID
		w.WriteHeader(http.StatusNoContent)
	})
}
