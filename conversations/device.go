package conversations

import (
	"crypto/sha256"
	"encoding/base64"
	"log/slog"
	"time"
)

// Device is one way to show something on a candidate's phone: the bank's app
// on it, as one push provider knows it. A phone that several providers know is
// several devices with the same Handset.
type Device struct {
	Candidate string // the EHR's id
	// Branch is that of the system which registered the device, maybe before the
	// candidate was known: it speaks for candidates of this branch and below
	// only. It is "" if the candidate did it.
	Branch   string
	Provider string // apns, fcm, jpush or huawei
	Token    string // the provider's: a device token, registration token or registration id
	Handset  string // the app's own id of its installation, "" if it told none
	Vendor   string // of the phone, in lower case: apple, huawei, xiaomi, …; "" if unknown
	Locale   Locale // of the phone; "" if unknown
	// Registered is when the app last said that the device is there.
	Registered time.Time
}

// ID names the device without giving its token away.
func (d Device) ID() string {
	sum := sha256.Sum256([]byte(d.Provider + "\x00" + d.Token))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// LogValue keeps the token out of logs: whoever has it can tell one person.
func (d Device) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", d.ID()), slog.String("provider", d.Provider))
}
