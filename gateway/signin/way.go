package signin

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"time"

	"jiebao/conversations"
)

// Way asks another system who somebody is, by sending the browser there.
type Way interface {
	// Begin returns the address to send the browser to, which comes back to an
	// address of ours with p.State.
	Begin(ctx context.Context, p Pending, back, locale string) (string, error)
	// Finish reads what the browser brought back. What cannot be believed is an
	// error, and ErrDenied that the person, or the system, said no.
	Finish(ctx context.Context, p Pending, back string, q url.Values) (Visitor, error)
}

var (
	// ErrDenied: the other system says no, or the person there did.
	ErrDenied = errors.New("the other system did not vouch for anybody")
	// ErrRole: the other system vouches for somebody for whom no rule has a role.
	ErrRole = errors.New("no rule gives a role")
	// ErrAway: the other system cannot be reached.
	ErrAway = errors.New("the other system cannot be reached")
)

// Visitor is for whom another system vouches.
type Visitor struct {
	Alias conversations.Alias
	// Agent is what the system says of them: name, role and scope. Nil if it
	// only knows who they are.
	Agent *conversations.Agent
	// End is where the browser is sent to sign out there, too; "" for nowhere.
	End string
}

// Pending is a sign-in that another system is asked about. Its browser carries
// it, sealed.
type Pending struct {
	Way      string    `json:"way"` // conversations.ByOIDC or ByWeCom
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"` // of PKCE
	Bind     string    `json:"bind"`     // the signed-in agent who adds the alias
	Until    time.Time `json:"until"`
}

const (
	forPending = "pending"
	// PendingFor is how long somebody may take at the other system.
	PendingFor = 10 * time.Minute
)

// Ways are those by which agents may sign in with another system's word.
func (d *Desk) Ways() []string {
	var all []string
	if d.o.OIDC != nil {
		all = append(all, conversations.ByOIDC)
	}
	if d.o.WeCom != nil {
		all = append(all, conversations.ByWeCom)
	}
	return all
}

func (d *Desk) way(name string) (Way, error) {
	switch {
	case name == conversations.ByOIDC && d.o.OIDC != nil:
		return d.o.OIDC, nil
	case name == conversations.ByWeCom && d.o.WeCom != nil:
		return d.o.WeCom, nil
	}
	return nil, conversations.ErrNotFound
}

// Begin sends the browser to another system: address is where to, and pending
// what it carries meanwhile. bind is the agent who is signed in and adds an
// alias, "" to sign in.
func (d *Desk) Begin(ctx context.Context, way, back, locale, bind string) (address, pending string, err error) {
	w, err := d.way(way)
	if err != nil {
		return "", "", err
	}
	p := Pending{Way: way, State: newToken(), Nonce: newToken(), Verifier: newToken() + newToken(), Bind: bind, Until: d.o.Now().Add(PendingFor)}
	if address, err = w.Begin(ctx, p, back, locale); err != nil {
		return "", "", fmt.Errorf("beginning to sign in by %s: %w", way, err)
	}
	pending, err = d.sealer.seal(forPending, p)
	return address, pending, err
}

// Arrival is what a browser's return comes to.
type Arrival struct {
	Agent conversations.Agent
	Bound bool   // the agent, who was signed in, has the alias now
	End   string // where to sign out at the other system, too
}

// Arrive reads what a browser brought back from another system. signedIn is the
// agent it is signed in as, "" for nobody.
func (d *Desk) Arrive(ctx context.Context, way, pending, back string, q url.Values, signedIn string) (Arrival, error) {
	w, err := d.way(way)
	if err != nil {
		return Arrival{}, err
	}
	var p Pending
	_, err = d.sealer.open(forPending, pending, &p)
	switch {
	case err != nil, p.Way != way, d.o.Now().After(p.Until), p.Bind != "" && p.Bind != signedIn,
		subtle.ConstantTimeCompare([]byte(p.State), []byte(q.Get("state"))) != 1:
		return Arrival{}, ErrLate
	}
	v, err := w.Finish(ctx, p, back, q)
	if err != nil {
		return Arrival{}, fmt.Errorf("signing in by %s: %w", way, err)
	}
	if p.Bind != "" {
		return d.bind(ctx, v, p.Bind)
	}
	a, err := d.admit(ctx, v)
	return Arrival{Agent: a, End: v.End}, err
}

func (d *Desk) bind(ctx context.Context, v Visitor, agent string) (Arrival, error) {
	err := d.o.Store.BindAlias(ctx, v.Alias, agent, d.o.Now())
	if errors.Is(err, conversations.ErrConflict) {
		err = ErrTaken
	}
	return Arrival{Agent: conversations.Agent{ID: agent}, Bound: true}, err
}

// admit finds the agent that a visitor is. Of whom the other system says what
// they are, becomes an agent, and what it says holds from now on.
func (d *Desk) admit(ctx context.Context, v Visitor) (conversations.Agent, error) {
	var a conversations.Agent
	var err error
	if v.Agent != nil {
		n := *v.Agent
		n.ID = d.o.NewID()
		a, err = d.o.Store.Admit(ctx, v.Alias, n)
	} else {
		a, err = d.o.Store.AgentOf(ctx, v.Alias)
	}
	switch {
	case errors.Is(err, conversations.ErrNotFound):
		return a, ErrUnknown
	case err == nil && a.Disabled:
		return a, ErrDisabled
	}
	return a, err
}

// Bind gives an agent an alias, or takes it away if it has no subject. One of
// somebody else's is ErrTaken.
func (d *Desk) Bind(ctx context.Context, a conversations.Alias, agent string) error {
	err := d.o.Store.BindAlias(ctx, a, agent, d.o.Now())
	if errors.Is(err, conversations.ErrConflict) {
		return ErrTaken
	}
	return err
}
