// Package endpoints is where endpoints are set up: by the API and in the inbox
// in the same way. It checks what people write, makes and changes the secrets
// that sign, and keeps all of it sealed. What a person may run is for the
// scope to say, and what the configuration's file defines is not changed here.
//
// Secrets go in and never come out, but for a new one that was made here,
// which is returned once.
//
// Imports: conversations, relay, the events' catalogue, wire and the standard
// library.
package endpoints

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/relay"
	"jiebao/gateway/ehr/wire"
)

// ErrConfigured is the error for changing what the configuration's file
// defines.
var ErrConfigured = errors.New("the endpoint is defined by ehr.endpoints of the configuration; change it there")

// ErrFeed is the error for asking of a feed what only a webhook has.
var ErrFeed = errors.New("the endpoint is a feed: nothing is posted to it, so it has no address and no secrets")

// ErrUnreadable is the error for settings that were sealed with a key which is
// not there any more, or were tampered with.
var ErrUnreadable = errors.New("the endpoint's settings cannot be opened")

// MaxOverlap is how long a former secret may go on signing beside a new one.
const MaxOverlap = 7 * 24 * time.Hour

// Desk is where endpoints are set up.
type Desk struct {
	Store  relay.Store
	Sealer *wire.Sealer
	// Reach is where endpoints may be that are set up here.
	Reach wire.Reach
	Now   func() time.Time
}

// Draft is what people write of an endpoint, and may change.
type Draft struct {
	Name   string
	Branch string
	Types  []string
	// Settings are without the secrets that sign: those are made by Create and
	// changed by Rotate. Other secrets that are written as wire.Redacted stay as
	// they are. A feed has nothing but a filter.
	Settings wire.Settings
}

// New is an endpoint to be set up.
type New struct {
	ID     string
	Kind   relay.Kind
	Secret wire.Hidden // that signs; empty: one is made
	From   relay.Start
	Draft
}

// Find returns an endpoint of the scope and how it stands.
func (d *Desk) Find(ctx context.Context, s conversations.Scope, id string) (relay.Standing, error) {
	all, err := d.Store.Endpoints(ctx, s)
	if err != nil {
		return relay.Standing{}, err
	}
	i := slices.IndexFunc(all, func(e relay.Standing) bool { return e.ID == id })
	if i < 0 {
		return relay.Standing{}, conversations.ErrNotFound
	}
	return all[i], nil
}

// Settings are an endpoint's, opened, or ErrUnreadable.
func (d *Desk) Settings(e relay.Endpoint) (wire.Settings, error) {
	if len(e.Settings) == 0 {
		return wire.Settings{}, nil
	}
	s, err := d.Sealer.Open(e.ID, e.Settings)
	if err != nil {
		return s, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	return s, nil
}

// Create sets an endpoint up, and returns the secret that was made for it:
// zero if it needs none or brought its own. What is wrong with it is a
// *conversations.InvalidError; a branch that is not the scope's to write for
// is conversations.ErrNotFound, and an id that is taken
// conversations.ErrConflict.
func (d *Desk) Create(ctx context.Context, s conversations.Scope, n New) (relay.Endpoint, wire.Secret, error) {
	if !s.Writes(n.Branch) {
		return relay.Endpoint{}, wire.Secret{}, conversations.ErrNotFound
	}
	made := wire.Secret{}
	if n.Kind == relay.Webhook {
		secret := n.firstSecret(d.Now())
		if n.Secret.IsZero() {
			made = secret
		}
		n.Settings.Secrets = []wire.Secret{secret}
	}
	if err := d.Check(n); err != nil {
		return relay.Endpoint{}, wire.Secret{}, err
	}
	e := relay.Endpoint{ID: n.ID, Name: n.Name, Kind: n.Kind, Branch: n.Branch, Types: n.Types, Created: d.Now()}
	e, err := d.put(ctx, e, n.Settings, n.From)
	if err != nil {
		return relay.Endpoint{}, wire.Secret{}, err
	}
	return e, made, nil
}

// Check names everything for which a new endpoint would not be taken.
func (d *Desk) Check(n New) error {
	if n.Kind == relay.Webhook && len(n.Settings.Secrets) == 0 {
		n.Settings.Secrets = []wire.Secret{n.firstSecret(d.Now())}
	}
	var wrong problems
	wrong.identity(n)
	wrong.draft(d, n.Kind, n.Draft)
	return wrong.err()
}

// firstSecret is the one that was given, or a new one.
func (n New) firstSecret(now time.Time) wire.Secret {
	secret := wire.NewSecret("s1", now)
	if !n.Secret.IsZero() {
		secret.Value = n.Secret
	}
	return secret
}

// AnyVersion is for changes that are made whatever the version is.
const AnyVersion = relay.AnyVersion

// Change replaces what can be changed of an endpoint. It ends with
// conversations.ErrStale if its version is another.
func (d *Desk) Change(ctx context.Context, s conversations.Scope, id string, version int64, to Draft) (relay.Endpoint, error) {
	e, err := d.own(ctx, s, id, version)
	if err != nil {
		return e, err
	}
	if !s.Writes(to.Branch) {
		return e, conversations.ErrNotFound
	}
	if e.Kind == relay.Webhook {
		former, err := d.Settings(e)
		if err != nil {
			return e, err
		}
		to.Settings = to.Settings.Keep(former)
		to.Settings.Secrets = former.Secrets
	}
	var wrong problems
	wrong.draft(d, e.Kind, to)
	if err := wrong.err(); err != nil {
		return e, err
	}
	e.Name, e.Branch, e.Types = to.Name, to.Branch, to.Types
	return d.put(ctx, e, to.Settings, relay.FromNow)
}

// Rotate adds a secret, given or made, and ends the others after the overlap,
// which is at most [MaxOverlap]. What was made is returned; it is zero for one
// that was given.
func (d *Desk) Rotate(ctx context.Context, s conversations.Scope, id string, given wire.Hidden, overlap time.Duration) (relay.Endpoint, wire.Secret, error) {
	if overlap < 0 || overlap > MaxOverlap {
		return relay.Endpoint{}, wire.Secret{}, invalid("overlap", "must be 0s to 168h, which is 7 days")
	}
	for {
		e, made, err := d.rotate(ctx, s, id, given, overlap)
		if !errors.Is(err, conversations.ErrStale) || ctx.Err() != nil {
			return e, made, err
		}
	}
}

func (d *Desk) rotate(ctx context.Context, s conversations.Scope, id string, given wire.Hidden, overlap time.Duration) (relay.Endpoint, wire.Secret, error) {
	none := wire.Secret{}
	e, err := d.own(ctx, s, id, AnyVersion)
	if err != nil {
		return e, none, err
	}
	if e.Kind == relay.Feed {
		return e, none, ErrFeed
	}
	settings, err := d.Settings(e)
	if err != nil {
		return e, none, err
	}
	settings, made := settings.Rotate(d.Now(), overlap)
	if !given.IsZero() {
		settings.Secrets[len(settings.Secrets)-1].Value, made = given, none
	}
	var wrong problems
	wrong.secrets(d, settings, given)
	if err := wrong.err(); err != nil {
		return e, none, err
	}
	e, err = d.put(ctx, e, settings, relay.FromNow)
	return e, made, err
}

// Remove forgets an endpoint with its dead letters and its attempts. Events
// stay. It ends with conversations.ErrStale if its version is another.
func (d *Desk) Remove(ctx context.Context, s conversations.Scope, id string, version int64) error {
	if _, err := d.own(ctx, s, id, version); err != nil {
		return err
	}
	return d.Store.RemoveEndpoint(ctx, s, id, version)
}

// own returns an endpoint that is changed here, in the version that is known.
func (d *Desk) own(ctx context.Context, s conversations.Scope, id string, version int64) (relay.Endpoint, error) {
	st, err := d.Find(ctx, s, id)
	switch {
	case err != nil:
		return relay.Endpoint{}, err
	case st.Configured:
		return st.Endpoint, ErrConfigured
	case version != AnyVersion && version != st.Version:
		return st.Endpoint, fmt.Errorf("endpoint %s: %w", id, conversations.ErrStale)
	}
	return st.Endpoint, nil
}

func (d *Desk) put(ctx context.Context, e relay.Endpoint, settings wire.Settings, from relay.Start) (kept relay.Endpoint, err error) {
	if e.Settings, err = d.Sealer.Seal(e.ID, settings); err != nil {
		return e, err
	}
	return d.Store.PutEndpoint(ctx, e, from)
}
