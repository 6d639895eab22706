package push

import (
	"context"
	"slices"
	"strings"
	"time"

	"jiebao/channels"
	"jiebao/conversations"
)

// Calls are the addresses of the providers that the account calls.
func (a *Adapter) Calls() []string {
	var out []string
	for _, p := range a.providers {
		out = append(out, p.address())
	}
	return out
}

// Check looks whether the providers let the account in, by a banner for a
// device that nobody has: whoever says so has taken the credentials.
func (a *Adapter) Check(ctx context.Context) []channels.Finding {
	var found []channels.Finding
	for _, p := range a.providers {
		n := notice{Message: "doctor", Title: a.account.Title, Body: arrived(conversations.Chinese), Collapse: "doctor", Slot: 1, Until: a.now()}
		_, refused := p.provider.push(ctx, nobody(p.name()), n)
		found = append(found, finding(p.name(), refused))
	}
	return found
}

// nobody is a token in the provider's form that no device has.
func nobody(provider string) string {
	if provider == NameAPNs {
		return strings.Repeat("0", 64)
	}
	return "0000000000000000000"
}

// finding says what a refusal of nobody's banner means.
func finding(provider string, r *refusal) channels.Finding {
	switch {
	case r == nil:
		return channels.Doubt(provider, "it took a banner for a device that nobody has", "see whether base_url leads to "+provider)
	case r.Reason == conversations.BadRecipient, provider == NameFCM && r.Code == "INVALID_ARGUMENT":
		return channels.Found(provider, "it takes the account's credentials")
	case r.Reason == conversations.Credentials:
		return channels.Fault(provider, r.SendError.Error(), remedy(provider))
	case r.Reason == conversations.Throttled, r.Reason == conversations.QuotaUsedUp:
		return channels.Doubt(provider, r.SendError.Error(), "it is called too often; lower push.per_minute, or ask for more")
	case r.Reason == conversations.BadContent:
		return channels.Doubt(provider, r.SendError.Error(), "see what it says of the message")
	}
	return channels.Fault(provider, r.SendError.Error(), "see whether this machine reaches it: name resolution, firewall, proxy")
}

// remedy says where a provider's credentials are found.
func remedy(provider string) string {
	switch provider {
	case NameAPNs:
		return "compare push.apns with developer.apple.com > Keys (key_id, and whether the key was revoked), Membership (team_id) and the app's bundle id (topic); see whether this machine's clock is right"
	case NameFCM:
		return "see in the Google Cloud console whether the service account and its key are there and the Firebase Cloud Messaging API is enabled; otherwise make a new key file"
	case NameJPush:
		return "compare push.jpush with 极光控制台 > 应用设置 > 应用信息, and see 应用状态 there"
	}
	return "compare push.huawei with AppGallery Connect > 项目设置 and API Console > 凭证, and see whether Push Kit is switched on and the category was granted"
}

// rehearsed is how long the store may take to say whether somebody has the app.
const rehearsed = 5 * time.Second

// Rehearse implements channels.Rehearser: without a device there is no banner.
func (a *Adapter) Rehearse(d conversations.Delivery) (parts int, err error) {
	if _, refused := a.notice(d); refused != nil {
		return 0, refused
	}
	ctx, cancel := context.WithTimeout(context.Background(), rehearsed)
	defer cancel()
	devices, err := a.devices.Devices(ctx, d.To.ID)
	if err != nil {
		return 0, channels.Temporary("the candidate's devices could not be read", err)
	}
	for _, p := range a.providers {
		if slices.ContainsFunc(devices, func(d conversations.Device) bool { return d.Provider == p.name() }) {
			return 0, nil
		}
	}
	return 0, noDevice()
}
