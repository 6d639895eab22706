package push

import (
	"context"
	"log/slog"
	"time"

	"jiebao/channels"
	"jiebao/conversations"
)

// maxHandsets bounds what one message is brought to; people have few phones,
// and the latest are theirs.
const maxHandsets = 10

// Send implements channels.Adapter. It succeeds when a provider took the banner
// for at least one handset of the candidate.
func (a *Adapter) Send(ctx context.Context, d conversations.Delivery) (conversations.Receipt, error) {
	receipt, refused := a.send(ctx, d)
	if refused != nil { // a nil *SendError must not become an error
		return receipt, refused
	}
	return receipt, nil
}

func (a *Adapter) send(ctx context.Context, d conversations.Delivery) (conversations.Receipt, *conversations.SendError) {
	if d.To.Account != a.account.ID || d.To.ID == "" {
		return conversations.Receipt{}, refuse(conversations.BadRecipient, "it is for another account, or for nobody")
	}
	n, refused := a.notice(d)
	if refused != nil {
		return conversations.Receipt{}, refused
	}
	if err := ctx.Err(); err != nil {
		return conversations.Receipt{}, channels.Temporary("nothing was sent", err)
	}
	devices, err := a.devices.Devices(ctx, d.To.ID)
	if err != nil {
		return conversations.Receipt{}, channels.Temporary("the candidate's devices could not be read", err)
	}
	var all outcome
	for _, h := range handsets(devices) {
		all.add(a.reach(ctx, h, n))
	}
	return all.result()
}

// handsets groups devices by the phone they are on, the latest first.
func handsets(devices []conversations.Device) [][]conversations.Device {
	var out [][]conversations.Device
	at := map[string]int{}
	for _, d := range devices {
		i, known := at[d.Handset]
		if d.Handset == "" || !known {
			if len(out) == maxHandsets {
				continue
			}
			i = len(out)
			out = append(out, nil)
			at[d.Handset] = i
		}
		out[i] = append(out[i], d)
	}
	return out
}

// reach brings a notice to one handset by the first provider that takes it.
// After an outcome that nobody knows no other is tried: the candidate might see
// two.
func (a *Adapter) reach(ctx context.Context, handset []conversations.Device, n notice) (string, *conversations.SendError) {
	var worst *conversations.SendError
	for _, p := range a.providers {
		for _, device := range handset {
			if device.Provider != p.name() {
				continue
			}
			id, refused := p.push(ctx, device.Token, n)
			if refused == nil {
				return p.name() + ":" + id, nil
			}
			a.noteRefusal(ctx, device, refused)
			worst = heavier(worst, refused.SendError)
			if refused.Reason == conversations.OutcomeUnsure {
				return "", worst
			}
		}
	}
	if worst == nil {
		worst = refuse(conversations.BadRecipient, "the candidate's device is known to a provider that the account does not have")
		worst.Code = "no_provider"
	}
	return "", worst
}

// noteRefusal drops a device that is gone, and tells engineers what they have
// to mend.
func (a *Adapter) noteRefusal(ctx context.Context, d conversations.Device, r *refusal) {
	if r.Reason == conversations.Credentials {
		a.log.ErrorContext(ctx, "a push provider refuses the account's credentials", "account", a.account.ID, "provider", d.Provider, "error", r.SendError)
	}
	if r.Gone.IsZero() {
		return
	}
	if err := a.devices.DropDevice(ctx, d.ID(), r.Gone); err != nil {
		a.log.WarnContext(ctx, "a device that is gone is still kept", "account", a.account.ID, "device", d, "error", err)
		return
	}
	a.log.LogAttrs(ctx, slog.LevelInfo, "a device is gone", slog.String("account", a.account.ID), slog.Any("device", d), slog.String("code", r.Code))
}

// outcome is what became of a message over all handsets.
type outcome struct {
	tried    bool
	accepted string // the provider's id of the first that was taken
	worst    *conversations.SendError
}

func (o *outcome) add(id string, refused *conversations.SendError) {
	o.tried = true
	if refused != nil {
		o.worst = heavier(o.worst, refused)
	} else if o.accepted == "" {
		o.accepted = id
	}
}

func (o *outcome) result() (conversations.Receipt, *conversations.SendError) {
	switch {
	case o.accepted != "":
		return conversations.Receipt{PlatformID: o.accepted}, nil
	case !o.tried:
		return conversations.Receipt{}, noDevice()
	}
	return conversations.Receipt{}, o.worst
}

func noDevice() *conversations.SendError {
	e := refuse(conversations.BadRecipient, "the candidate has no device with the bank's app")
	e.Code = "no_device"
	return e
}

// heavier is the refusal that decides what becomes of the message. What may
// have arrived is never failed; what may yet arrive is tried again; and what
// only people can mend is theirs.
func heavier(a, b *conversations.SendError) *conversations.SendError {
	if a == nil || weight(b.Reason) > weight(a.Reason) {
		return b
	}
	if weight(b.Reason) == weight(a.Reason) && b.RetryAfter > 0 && (a.RetryAfter == 0 || b.RetryAfter < a.RetryAfter) {
		return b
	}
	return a
}

func weight(r conversations.Reason) int {
	switch r {
	case conversations.OutcomeUnsure:
		return 6
	case conversations.Temporary:
		return 5
	case conversations.Throttled:
		return 4
	case conversations.QuotaUsedUp:
		return 3
	case conversations.Credentials:
		return 2
	case conversations.BadContent:
		return 1
	}
	return 0
}

// throttle is how long a provider is left alone that says only that it was too
// much.
const throttle = time.Minute
