package api

import (
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/conversations"
	"jiebao/gateway/ehr/catalogue"
)

// EventRecord is an event as its webhook told it, or will: one of the
// catalogue's.
type EventRecord struct{ conversations.Event }

// Schema makes each type of event a schema of its own, told apart by type, so
// that clients can be generated.
func (EventRecord) Schema(schemas huma.Registry) *huma.Schema {
	any := &huma.Schema{Discriminator: &huma.Discriminator{PropertyName: "type", Mapping: map[string]string{}}}
	for _, e := range catalogue.Entries() {
		ref := eventSchema(schemas, e)
		any.OneOf = append(any.OneOf, ref)
		any.Discriminator.Mapping[string(e.Type())] = ref.Ref
	}
	return any
}

// eventSuffix ends the names of events' schemas, and of nothing else.
const eventSuffix = "Event"

// eventSchema registers the schema of a type of event and refers to it.
func eventSchema(schemas huma.Registry, e catalogue.Entry) *huma.Schema {
	var name strings.Builder
	for part := range strings.FieldsFuncSeq(string(e.Type()), func(r rune) bool { return r == '.' || r == '_' }) {
		name.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	name.WriteString(eventSuffix)
	if schemas.Map()[name.String()] == nil {
		schemas.Map()[name.String()] = toHuma(e.EventSchema())
	}
	return &huma.Schema{Ref: "#/components/schemas/" + name.String()}
}

// toHuma says the same in huma's terms.
func toHuma(s *catalogue.Schema) *huma.Schema {
	if s == nil {
		return nil
	}
	out := &huma.Schema{
		Title: s.Title, Description: s.Description, Type: s.Type, Format: s.Format, Pattern: s.Pattern,
		Required: s.Required, Items: toHuma(s.Items),
	}
	for _, v := range s.Enum {
		out.Enum = append(out.Enum, v)
	}
	if s.Minimum != nil {
		least := float64(*s.Minimum)
		out.Minimum = &least
	}
	if s.Properties != nil {
		out.Properties = map[string]*huma.Schema{}
	}
	for name, p := range s.Properties {
		out.Properties[name] = toHuma(p)
	}
	return out
}

// allowMore says of everything that we send that fields may be added to it
// later, so that receivers do not refuse them. Only what is posted is strict.
func allowMore(schemas huma.Registry) {
	posted := map[string]bool{
		"Result": true, "Candidate": true, "Address": true, "Position": true, "Interview": true, "Offer": true, "Document": true,
		"DevicePost": true, "AppPost": true,
		"Batch": true, "Command": true, "ChangeOffer": true, "OfferPatch": true, "WithdrawOffer": true, "DecideSchedule": true,
		"ReviewDocument": true, "SendMessage": true, "Reassign": true,
		"Beliefs": true, "BelievedCandidate": true, "BelievedDocument": true,
		"EndpointPost": true, "EndpointPut": true, "PausePost": true, "RotatePost": true, "ReplayPost": true,
		"Webhook": true, "WebhookTLS": true, "WebhookProxy": true,
	}
	for name, s := range schemas.Map() {
		if !posted[name] {
			s.AdditionalProperties = nil
		}
	}
}
