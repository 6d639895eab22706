package sqlstore

import (
	"context"
	"time"

	"jiebao/conversations"
)

const (
	upsertDevice = `insert into devices (id, candidate, branch, provider, token, handset, vendor, locale, registered)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		on conflict (id) do update set candidate = excluded.candidate, branch = excluded.branch, handset = excluded.handset,
			vendor = excluded.vendor, locale = excluded.locale, registered = excluded.registered`
	// A handset has one token of a provider at a time, and one holder.
	dropReplaced  = `delete from devices where handset = $1 and handset <> '' and id <> $2 and (provider = $3 or candidate <> $4)`
	deviceColumns = `d.candidate, d.branch, d.provider, d.token, d.handset, d.vendor, d.locale, d.registered`
	devicesOf     = `select ` + deviceColumns + `, coalesce(c.branch, '') from devices d
		left join conversations c on c.candidate = d.candidate and c.candidate <> ''
		where d.candidate = $1 order by d.registered desc, d.id`
	deviceByID   = `select ` + deviceColumns + ` from devices d where d.id = $1`
	dropDevice   = `delete from devices where id = $1 and registered <= $2`
	deleteDevice = `delete from devices where id = $1 and candidate = $2 returning id`
)

// PutDevice keeps a device, or notes that it is still there. Its token belongs
// to the latest candidate who registered it. An earlier token that the
// provider gave the same handset is forgotten, and so is everything of the
// handset that belonged to somebody else.
func (s *Store) PutDevice(ctx context.Context, d conversations.Device) error {
	return wrap(s.write(ctx, func(sc *script) {
		sc.exec(dropReplaced, d.Handset, d.ID(), d.Provider, d.Candidate)
		sc.exec(upsertDevice, d.ID(), d.Candidate, d.Branch, d.Provider, d.Token, d.Handset, d.Vendor, string(d.Locale), millis(d.Registered))
	}), "keeping device %s", d.ID())
}

func scanDevice(r row, more ...any) (conversations.Device, error) {
	var d conversations.Device
	var registered int64
	err := r.Scan(append([]any{&d.Candidate, &d.Branch, &d.Provider, &d.Token, &d.Handset, &d.Vendor, &d.Locale, &registered}, more...)...)
	d.Registered = fromMillis(registered)
	return d, err
}

// Devices returns a candidate's devices, the latest registered first. Those that
// a system registered which the candidate's branch does not concern are not
// theirs, once the candidate is known.
func (s *Store) Devices(ctx context.Context, candidate string) ([]conversations.Device, error) {
	var out []conversations.Device
	err := s.read(ctx, devicesOf, func(r row) error {
		var branch string
		d, err := scanDevice(r, &branch)
		if d.Branch == "" || branch == "" || (conversations.Scope{d.Branch}).Allows(branch) {
			out = append(out, d)
		}
		return err
	}, candidate)
	return out, wrap(err, "reading the devices of candidate %s", candidate)
}

// Device returns the device of that id, or ErrNotFound.
func (s *Store) Device(ctx context.Context, id string) (conversations.Device, error) {
	d, found := conversations.Device{}, false
	err := s.read(ctx, deviceByID, func(r row) (err error) {
		d, err = scanDevice(r)
		found = true
		return err
	}, id)
	if err == nil && !found {
		return d, conversations.ErrNotFound
	}
	return d, wrap(err, "reading device %s", id)
}

// DropDevice forgets a device that its provider says is gone since then,
// unless it was registered again later.
func (s *Store) DropDevice(ctx context.Context, id string, since time.Time) error {
	return wrap(s.write(ctx, func(sc *script) { sc.exec(dropDevice, id, millis(since)) }), "dropping device %s", id)
}

// DeleteDevice forgets a device of the candidate's; ErrNotFound if they have
// none of that id.
func (s *Store) DeleteDevice(ctx context.Context, id, candidate string) error {
	_, err := s.writeFor(ctx, func(sc *script, found func(row) error) { sc.query(deleteDevice, found, id, candidate) })
	return wrap(err, "deleting device %s", id)
}
