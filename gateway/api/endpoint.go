package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
	"jiebao/gateway/ehr/endpoints"
	"jiebao/gateway/ehr/wire"
)

// EndpointPost is an endpoint to be set up.
type EndpointPost struct {
	ID   endpointID `json:"id" doc:"What it is called in addresses and logs; it never changes." example:"payroll"`
	Kind string     `json:"kind,omitempty" enum:"webhook,feed" default:"webhook" doc:"webhook: events are posted to its address. feed: they are kept in one order for it to fetch by GET /v1/events, for systems that take no calls from outside." example:"webhook"`
	From string     `json:"from,omitempty" enum:"now,beginning" default:"now" doc:"now: it is told what happens from now on. beginning: everything that was ever told." example:"now"`
	// Secret is given by whoever has one already.
	Secret string `json:"secret,omitempty" maxLength:"100" doc:"Signs the events: whsec_ and 24 to 64 bytes in base64. Without it one is made, and shown in this answer only." example:"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"`
	EndpointPut
}

// EndpointPut is what can be changed of an endpoint: all of it at once.
type EndpointPut struct {
	Name    line     `json:"name" maxLength:"64" doc:"What people call it." example:"薪酬系统"`
	Branch  branch   `json:"branch,omitempty" doc:"It is told of the candidates of that branch and all below. Without it: the branch of the API key, or the one that it has." example:"head/beijing"`
	Types   []string `json:"types,omitempty" nullable:"false" maxItems:"100" doc:"The types of events that it is told, or beginnings of them with a star; none means all. The sequence counts all events, so with types it has gaps." example:"[\"start_date.*\",\"offer.withdrawn\"]"`
	Filter  string   `json:"filter,omitempty" maxLength:"20000" doc:"An expression (CEL) that is true for the events that it is told; none means all." example:"event.type != 'message.read'"`
	Webhook *Webhook `json:"webhook,omitempty" doc:"How events are posted to it; for the kind webhook, and only then."`
}

// Webhook is how events are posted, as wire.Settings writes it.
type Webhook struct {
	URL         string            `json:"url" maxLength:"2048" doc:"Where events are posted, by https. Private networks have to be allowed in ehr.allow_networks." example:"https://payroll.example.com/webhooks/jiebao"`
	Headers     map[string]string `json:"headers,omitempty" nullable:"false" doc:"Headers of every request. Their values are never shown: what is sent back as [secret] stays as it is, unless the url, the proxy or the certificates that are believed become others, so that somebody else could read it." example:"{\"X-Tenant\":\"[secret]\"}"`
	TLS         *WebhookTLS       `json:"tls,omitempty" doc:"For receivers that ask for a certificate, or have one of a private authority."`
	Proxy       *WebhookProxy     `json:"proxy,omitempty" doc:"The way out, for receivers that know only certain addresses."`
	Timeout     string            `json:"timeout,omitempty" pattern:"^[0-9hms.]+$" patternDescription:"a duration like 15s" maxLength:"20" doc:"How long one attempt may take, at most 2m; without it 15s." example:"15s"`
	InFlight    int               `json:"in_flight,omitempty" minimum:"0" maximum:"256" doc:"How many attempts may be under way at once; without it 32." example:"32"`
	PerSecond   int               `json:"per_second,omitempty" minimum:"0" maximum:"10000" doc:"How many attempts there may be in a second; without it any number." example:"50"`
	PerMinute   int               `json:"per_minute,omitempty" minimum:"0" maximum:"600000" doc:"How many attempts there may be in a minute; without it any number." example:"600"`
	ContentType string            `json:"content_type,omitempty" enum:"application/json,application/cloudevents+json" doc:"What the events are sent as; without it application/json." example:"application/json"`
	Mapping     string            `json:"mapping,omitempty" maxLength:"20000" doc:"An expression (CEL) whose result is posted instead of the event, for receivers that have a shape of their own." example:"{'employee': event.subject, 'what': event.type}"`
}

// WebhookTLS is what makes the connection.
type WebhookTLS struct {
	Certificate string `json:"certificate,omitempty" maxLength:"65536" doc:"Jiebao's certificate for this receiver and its chain, in PEM." example:"-----BEGIN CERTIFICATE-----\n…"`
	Key         string `json:"key,omitempty" maxLength:"65536" doc:"The certificate's key, in PEM. It is never shown; [secret] leaves it as it is." example:"[secret]"`
	CA          string `json:"ca,omitempty" maxLength:"65536" doc:"The only authorities that are believed, in PEM." example:"-----BEGIN CERTIFICATE-----\n…"`
	ServerName  string `json:"server_name,omitempty" maxLength:"253" doc:"The name in the receiver's certificate, if it is not the url's host." example:"payroll.example.com"`
}

// WebhookProxy is an HTTP CONNECT or SOCKS5 proxy.
type WebhookProxy struct {
	URL      string `json:"url" maxLength:"2048" doc:"Its address: http, https or socks5." example:"http://proxy.example.com:3128"`
	Username string `json:"username,omitempty" maxLength:"256" doc:"Who is to be let through." example:"jiebao"`
	Password string `json:"password,omitempty" maxLength:"256" doc:"With what. It is never shown; [secret] leaves it as it is." example:"[secret]"`
}

// EndpointRecord is an endpoint and how it stands.
type EndpointRecord struct {
	ID         string         `json:"id" doc:"What it is called in addresses and logs." example:"payroll"`
	Kind       string         `json:"kind" enum:"webhook,feed" doc:"Whether events are posted to it, or it fetches them." example:"webhook"`
	Name       string         `json:"name" doc:"What people call it." example:"薪酬系统"`
	Branch     string         `json:"branch,omitempty" doc:"It is told of the candidates of that branch and all below; without it, of everybody." example:"head/beijing"`
	Types      []string       `json:"types,omitempty" nullable:"false" doc:"The types of events that it is told; none means all." example:"[\"start_date.*\",\"offer.withdrawn\"]"`
	Filter     string         `json:"filter,omitempty" doc:"An expression (CEL) that is true for the events that it is told; none means all." example:"event.type != 'message.read'"`
	Webhook    *Webhook       `json:"webhook,omitempty" doc:"How events are posted to it."`
	Secrets    []SecretRecord `json:"secrets,omitempty" nullable:"false" doc:"The secrets that sign, without their values."`
	Unreadable string         `json:"unreadable,omitempty" doc:"Why its settings cannot be opened, and what to do: nothing is posted until that is mended." example:"it was sealed with a key that is not given"`
	Configured bool           `json:"configured" doc:"It is defined in the configuration's file, and can only be paused and resumed here." example:"false"`
	Version    int64          `json:"version" doc:"Of what can be changed. Send it as If-Match with the next change." example:"3"`
	Created    time.Time      `json:"created_at" doc:"When it was set up." example:"2026-06-01T09:00:00+08:00"`
	Paused     *PauseRecord   `json:"paused,omitempty" doc:"Why it is told nothing for now; left out while it is told."`

	Waiting  int        `json:"waiting" doc:"For how many candidates there are events that it has not taken." example:"0"`
	Oldest   *time.Time `json:"oldest_waiting,omitempty" doc:"When the oldest of those events happened." example:"2026-06-22T09:12:00+08:00"`
	Dead     int        `json:"dead_letters" doc:"How many events were given up." example:"0"`
	Again    int        `json:"replaying,omitempty" doc:"How many events long replays pick that are still being lined up; left out if there is none." example:"1000000"`
	Lined    int        `json:"lined_up,omitempty" doc:"How many of these are lined up by now." example:"350000"`
	Took     *time.Time `json:"took_at,omitempty" doc:"When it last took an event." example:"2026-06-22T09:29:58+08:00"`
	Failed   *time.Time `json:"failed_at,omitempty" doc:"When an attempt last failed." example:"2026-06-21T02:00:04+08:00"`
	Expiring *time.Time `json:"certificate_ends,omitempty" doc:"When Jiebao's certificate for it has to be replaced by." example:"2027-06-01T00:00:00+08:00"`
}

// SecretRecord is a secret that signs, without its value.
type SecretRecord struct {
	ID    string     `json:"id" doc:"Tells it from the endpoint's others." example:"s1"`
	Since *time.Time `json:"since,omitempty" doc:"From when on it signs." example:"2026-06-01T09:00:00+08:00"`
	Until *time.Time `json:"until,omitempty" doc:"When it ends; left out of the one that stays." example:"2026-06-23T09:30:00+08:00"`
}

// PauseRecord is why an endpoint is told nothing for now.
type PauseRecord struct {
	At     time.Time `json:"at" doc:"Since when." example:"2026-06-22T09:30:00+08:00"`
	Reason string    `json:"reason" enum:"by_hand,gone,failing" doc:"by_hand: somebody paused it. gone: it answered 410. failing: it took nothing for too long." example:"by_hand"`
	Detail string    `json:"detail,omitempty" doc:"More about it, for engineers." example:"薪酬系统升级"`
	By     string    `json:"by,omitempty" doc:"Who paused it; left out if that was Jiebao." example:"system:ehr"`
}

// EndpointMade is an endpoint with a secret that is shown this once.
type EndpointMade struct {
	Endpoint EndpointRecord `json:"endpoint" doc:"The endpoint as it is now."`
	Secret   string         `json:"secret,omitempty" doc:"The new secret that signs. Keep it: it is not shown again. Left out if it was given, and of a feed." example:"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"`
}

// EndpointList is a page of endpoints.
type EndpointList struct {
	Endpoints []EndpointRecord `json:"endpoints" nullable:"false" doc:"By id."`
	Next      string           `json:"next,omitempty" doc:"The cursor of the next page, if there is more." example:"eyJvZiI6ImVuZHBvaW50cyJ9"`
}

// settings is the webhook as the deliverer understands it: the same words.
func (w *Webhook) settings() (wire.Settings, error) {
	if w == nil {
		return wire.Settings{}, nil
	}
	raw, err := json.Marshal(w)
	if err != nil {
		return wire.Settings{}, fmt.Errorf("writing the settings of a webhook: %w", err)
	}
	s, err := wire.Parse(raw)
	if err != nil {
		return s, invalid([]FieldProblem{{"webhook", err.Error()}})
	}
	return s, nil
}

// webhookOf shows settings, without secrets.
func webhookOf(s wire.Settings) (*Webhook, error) {
	raw, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("writing the settings of a webhook: %w", err)
	}
	var w Webhook
	if err := json.Unmarshal(raw, &w); err != nil {
		return nil, fmt.Errorf("reading the settings of a webhook: %w", err)
	}
	return &w, nil
}

func (a *API) endpointRecord(st relay.Standing) (EndpointRecord, error) {
	zone := a.Now().Location()
	out := EndpointRecord{
		ID: st.ID, Kind: string(st.Kind), Name: st.Name, Branch: st.Branch, Types: st.Types, Configured: st.Configured,
		Version: st.Version, Created: st.Created.In(zone), Waiting: st.Waiting, Oldest: known(st.Oldest, zone), Dead: st.Dead, Again: st.Again, Lined: st.Lined,
		Took: known(st.Took, zone), Failed: known(st.Failed, zone),
	}
	if p := st.Paused; !p.At.IsZero() {
		out.Paused = &PauseRecord{At: p.At.In(zone), Reason: string(p.Reason), Detail: p.Detail, By: p.By}
	}
	s, err := a.Endpoints.Settings(st.Endpoint)
	if errors.Is(err, endpoints.ErrUnreadable) {
		out.Unreadable = err.Error()
		return out, nil
	}
	if out.Filter = s.Filter; err != nil || st.Kind == relay.Feed {
		return out, err
	}
	for _, secret := range s.Secrets {
		out.Secrets = append(out.Secrets, SecretRecord{ID: secret.ID, Since: known(secret.Since, zone), Until: known(secret.Until, zone)})
	}
	out.Expiring = known(s.CertificateEnds(), zone)
	out.Webhook, err = webhookOf(s)
	return out, err
}

// AttemptRecord is one try at telling an endpoint an event.
type AttemptRecord struct {
	At        time.Time `json:"at" doc:"When it was made." example:"2026-06-22T09:29:58+08:00"`
	Took      int64     `json:"took_ms" doc:"How long it took, in milliseconds." example:"84"`
	Candidate string    `json:"candidate_id,omitempty" doc:"The EHR's id of the candidate; left out of a test." example:"C-2026-000815"`
	Event     string    `json:"event_id,omitempty" doc:"The event's id; left out of a test." example:"evt_cnv_8sKq2VnT4x_5"`
	Type      string    `json:"type,omitempty" doc:"The event's type." example:"start_date.confirmed"`
	Sequence  int64     `json:"sequence,omitempty" doc:"The event's sequence." example:"5"`
	Taken     bool      `json:"taken" doc:"Whether the endpoint took the event." example:"false"`
	Status    int       `json:"status,omitempty" doc:"The HTTP status that it answered; left out if no answer came." example:"500"`
	Problem   string    `json:"problem,omitempty" doc:"What went wrong, and what to do." example:"the endpoint answered 500 Internal Server Error"`
	Answer    string    `json:"answer,omitempty" doc:"The beginning of an answer that was no success, with what looks personal masked." example:"{\"error\":\"no such employee\"}"`
}

func attemptRecord(tried outbox.Attempt, zone *time.Location) AttemptRecord {
	return AttemptRecord{
		At: tried.At.In(zone), Took: tried.Took.Milliseconds(), Taken: tried.Note == "",
		Status: tried.Status, Problem: tried.Note, Answer: tried.Answer,
	}
}
