package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"jiebao/channels/wechat/wechatsim"
)

// savedState is what a restart of the demo keeps: the platform with every
// phone, what the EHR received and posted, and by how much the clock was moved.
// It holds the simulated account's secrets.
type savedState struct {
	Version  int             `json:"version"`
	Advanced time.Duration   `json:"advanced"`
	Sim      json.RawMessage `json:"sim"`
	Ledger   ledgerState     `json:"ledger"`
	Results  []posted        `json:"results"`
	People   []Person        `json:"people"`
	// Apps are the states of the apps that keep one, by name.
	Apps map[string]json.RawMessage `json:"apps,omitempty"`
}

const stateVersion = 1

// SaveState writes the state to a file that only its owner may read. A file of
// before is replaced as a whole or not at all.
func (d *Demo) SaveState(path string) error {
	sim, err := d.opts.Sim.Snapshot()
	if err != nil {
		return fmt.Errorf("saving the demo's state: %w", err)
	}
	apps, err := d.saveApps()
	if err != nil {
		return fmt.Errorf("saving the demo's state: %w", err)
	}
	b, err := json.Marshal(savedState{stateVersion, d.ahead(), sim, d.ledger.save(), d.results.all(), d.people.all(), apps})
	if err != nil {
		return fmt.Errorf("saving the demo's state: %w", err)
	}
	if err := replaceFile(path, b); err != nil {
		return fmt.Errorf("saving the demo's state: %w", err)
	}
	return nil
}

// KeepState saves the state where LoadState looked for it, at each tick before
// which somebody did something, until ctx ends: a crash loses what happened
// since the last tick.
func (d *Demo) KeepState(ctx context.Context, ticks <-chan time.Time) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
		if !d.touched.Swap(false) {
			continue
		}
		if err := d.SaveState(d.path); err != nil {
			d.opts.Log.Warn("what happens in the demonstration is not kept", "error", err)
		}
	}
}

// noticing notes requests that change something, for KeepState.
func (d *Demo) noticing(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r)
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			d.touched.Store(true)
		}
	})
}

func replaceFile(path string, b []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(b); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// LoadState goes on where SaveState stopped; without the file it is the first
// start, and no error: by night it then becomes morning. Call it before the gateway reads its clock, which is
// moved ahead by as much as before. The accounts' settings (keys, callback
// address) stay as they are now; their followers come from the file.
//
// The path is remembered, for KeepState; moving the clock saves the state there
// at once.
func (d *Demo) LoadState(path string) error {
	d.moving.Lock()
	defer d.moving.Unlock()
	d.path = path
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		d.afresh = true
		d.rise()
		return d.renumber()
	}
	if err != nil {
		return fmt.Errorf("loading the demo's state: %w", err)
	}
	var st savedState
	if err := json.Unmarshal(b, &st); err != nil {
		return fmt.Errorf("loading the demo's state from %s (delete it to start afresh): %w", path, err)
	}
	if st.Version != stateVersion {
		return fmt.Errorf("loading the demo's state from %s: it has version %d, this program writes %d; delete it to start afresh", path, st.Version, stateVersion)
	}
	if d.opts.Clock != nil && st.Advanced > d.advanced {
		d.opts.Clock.Advance(st.Advanced - d.advanced)
		d.advanced = st.Advanced
	}
	d.ledger.load(st.Ledger)
	d.results.load(st.Results)
	if err := d.restoreSim(st.Sim); err != nil {
		return err
	}
	return d.restorePeople(st)
}

func (d *Demo) saveApps() (map[string]json.RawMessage, error) {
	states := map[string]json.RawMessage{}
	for _, a := range d.apps {
		k, ok := a.(keeper)
		if !ok {
			continue
		}
		b, err := k.Save()
		if err != nil {
			return nil, fmt.Errorf("saving the app %s: %w", a.Name(), err)
		}
		states[a.Name()] = b
	}
	return states, nil
}

// restorePeople gives everybody their phone back, with the apps that the
// demonstration has now.
func (d *Demo) restorePeople(st savedState) error {
	for _, a := range d.apps {
		k, ok := a.(keeper)
		if before := st.Apps[a.Name()]; ok && before != nil {
			if err := k.Load(before); err != nil {
				return fmt.Errorf("loading the app %s: %w", a.Name(), err)
			}
		}
	}
	var errs []error
	for _, p := range st.People {
		errs = append(errs, d.join(p))
	}
	return errors.Join(errs...)
}

// renumber gives a simulator without a past message ids that no earlier run
// used: the gateway's database remembers those, and would take new messages
// under them for repeats.
func (d *Demo) renumber() error {
	snapshot, err := d.opts.Sim.Snapshot()
	if err != nil {
		return fmt.Errorf("reading the simulator's state: %w", err)
	}
	return d.restoreSim(snapshot)
}

// restoreSim restores a snapshot, at today's time, with message ids above all
// earlier ones (fewer than one message a millisecond is sent) and with the
// accounts' settings of now.
func (d *Demo) restoreSim(snapshot []byte) error {
	settings := d.simAccounts()
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(snapshot, &parts); err != nil {
		return fmt.Errorf("reading the simulator's state: %w", err)
	}
	now := d.now()
	for name, v := range map[string]any{"now": now, "serial": now.UnixMilli()} {
		b, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("writing the simulator's state: %w", err)
		}
		parts[name] = b
	}
	changed, err := json.Marshal(parts)
	if err != nil {
		return fmt.Errorf("writing the simulator's state: %w", err)
	}
	if err := d.opts.Sim.Restore(changed); err != nil {
		return err
	}
	return d.configure(settings)
}

// configure gives accounts their settings, and adds those the snapshot did
// not have.
func (d *Demo) configure(settings []wechatsim.Account) error {
	known := map[string]bool{}
	for _, a := range d.simAccounts() {
		known[a.AppID] = true
	}
	for _, a := range settings {
		set := d.opts.Sim.AddAccount
		if known[a.AppID] {
			set = d.opts.Sim.Configure
		}
		if err := set(a); err != nil {
			return err
		}
	}
	return nil
}

// simAccounts are the settings of the simulator's accounts.
func (d *Demo) simAccounts() []wechatsim.Account {
	b, err := d.opts.Sim.Snapshot()
	if err != nil {
		return nil
	}
	var st struct {
		Accounts []struct {
			Account wechatsim.Account `json:"account"`
		} `json:"accounts"`
	}
	if json.Unmarshal(b, &st) != nil {
		return nil
	}
	var list []wechatsim.Account
	for _, a := range st.Accounts {
		list = append(list, a.Account)
	}
	return list
}
