package demo

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
)

// Person is somebody with a phone, and all that channels can know them by.
type Person struct {
	ID        string `json:"id"` // their openid in WeChat, which nobody else has
	Name      string `json:"name"`
	Phone     string `json:"phone,omitempty"`
	Email     string `json:"email,omitempty"`
	Candidate string `json:"candidate_id,omitempty"` // in the EHR
	Locale    string `json:"locale,omitempty"`
	NoApp     bool   `json:"no_app,omitempty"` // does without the bank's app
}

// LogValue shows nothing personal.
func (p Person) LogValue() slog.Value { return slog.StringValue(p.ID) }

// newPersonID is an openid of 28 characters that no other run of the demo has
// made: the gateway's database may remember those of earlier runs.
func newPersonID() string {
	var b [20]byte
	rand.Read(b[:]) // never fails
	return "o" + base64.RawURLEncoding.EncodeToString(b[:])
}

// newPerson is somebody whom the bank has not heard of yet.
func newPerson(name string) Person {
	tail := randomTail()
	return Person{
		ID: newPersonID(), Name: name, Phone: "139" + randomDigits(8),
		Email: strings.ToLower(tail) + "@example.com", Candidate: "C-" + tail, Locale: zhCN,
	}
}

// personOf is whom a result is about.
func personOf(doc document) Person {
	c := doc.Candidate
	return Person{Name: c.Name, Phone: c.Phone, Email: c.Email, Candidate: c.ID, Locale: c.Locale}
}

// people remembers who has a phone, in the order they got it.
type people struct {
	mu   sync.Mutex
	list []Person
	met  map[string]Person // by candidate: whom a result would be about
}

// meet returns whom a result would be about, the same each time, though they
// have no phone yet.
func (ps *people) meet(p Person) Person {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if known, ok := ps.met[p.Candidate]; ok {
		p.ID = known.ID
	}
	if ps.met == nil {
		ps.met = map[string]Person{}
	}
	ps.met[p.Candidate] = p
	return p
}

// put adds a person, or replaces the one with the same id.
func (ps *people) put(p Person) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if i := slices.IndexFunc(ps.list, func(o Person) bool { return o.ID == p.ID }); i >= 0 {
		ps.list[i] = p
		return
	}
	ps.list = append(ps.list, p)
}

func (ps *people) find(match func(Person) bool) (Person, bool) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if i := slices.IndexFunc(ps.list, match); i >= 0 {
		return ps.list[i], true
	}
	return Person{}, false
}

func (ps *people) get(id string) (Person, bool) {
	return ps.find(func(p Person) bool { return p.ID == id })
}

func (ps *people) all() []Person {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return slices.Clone(ps.list)
}

// join gives a person a phone with every app on it. Who has one keeps it, with
// the details as they are now.
func (d *Demo) join(p Person) error {
	if err := d.prepare(p); err != nil {
		return err
	}
	d.people.put(p)
	d.touched.Store(true)
	return nil
}

// prepare lets every app know a person.
func (d *Demo) prepare(p Person) error {
	var errs []error
	for _, a := range d.apps {
		if err := a.Join(p); err != nil {
			errs = append(errs, fmt.Errorf("giving a phone the app %s: %w", a.Name(), err))
		}
	}
	return errors.Join(errs...)
}

// whose is who has the phone that a result is about: under the number, the
// address and the candidate id that the result names.
func (d *Demo) whose(doc document) Person {
	p := personOf(doc)
	known, ok := d.people.find(func(o Person) bool { return o.Candidate == p.Candidate })
	if !ok && p.Phone != "" {
		known, ok = d.people.find(func(o Person) bool { return sameNumber(o.Phone, p.Phone) })
	}
	p.ID, p.NoApp = known.ID, known.NoApp
	if !ok {
		p.ID = newPersonID()
		p = d.people.meet(p)
	}
	return p
}

// sameNumber says whether two telephone numbers are one, however they are
// written: with spaces, with a plus, with or without China's prefix.
func sameNumber(a, b string) bool {
	a, b = digits(a), digits(b)
	return a != "" && a == b
}

func digits(number string) string {
	only := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, number)
	if rest, ok := strings.CutPrefix(only, "86"); ok && len(rest) == 11 {
		return rest
	}
	return only
}
