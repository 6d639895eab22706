package push

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The providers.
const (
	NameAPNs   = "apns"
	NameFCM    = "fcm"
	NameJPush  = "jpush"
	NameHuawei = "huawei"
)

// Account is one app of the bank's, as its push providers know it. At least
// one provider is set.
type Account struct {
	ID     string
	Name   string // what HR sees
	Branch string

	// Title heads every banner; empty: Name.
	Title string
	// Open is the address that the app opens its conversation by, such as
	// bankapp://jiebao/conversation; empty: banners open the app only.
	Open string
	// Life is for how long a phone that is off is waited for, up to 15 days;
	// 0: three days. A provider that waits less long is told its longest.
	Life time.Duration
	// PerMinute bounds the messages; 0: any number.
	PerMinute int
	// Acknowledges says that the app tells the gateway what arrived and what
	// was read.
	Acknowledges bool
	// Prefer names the providers in the order in which those that know the same
	// handset are tried; those not named come after.
	Prefer []string

	APNs   *APNs
	FCM    *FCM
	JPush  *JPush
	Huawei *Huawei
}

const (
	defaultLife = 3 * 24 * time.Hour
	longestLife = 15 * 24 * time.Hour // Huawei, 请求体参数说明, pushOptions.ttl
)

func (a Account) withDefaults() Account {
	if a.Name == "" {
		a.Name = a.ID
	}
	if a.Title == "" {
		a.Title = a.Name
	}
	if a.Life == 0 {
		a.Life = defaultLife
	}
	return a
}

// build makes the providers that are set, in their order.
func (a Account) build(o Options) ([]provider, error) {
	var made []provider
	errs := a.validate()
	add := func(p provider, err error) {
		if err != nil {
			errs = append(errs, err)
			return
		}
		made = append(made, p)
	}
	caller := newCaller(o)
	if a.APNs != nil {
		add(newAPNs(*a.APNs, a, caller, o))
	}
	if a.FCM != nil {
		add(newFCM(*a.FCM, a, caller, o))
	}
	if a.Huawei != nil {
		add(newHuawei(*a.Huawei, a, caller, o))
	}
	if a.JPush != nil {
		add(newJPush(*a.JPush, a, caller, o))
	}
	if len(made) == 0 && len(errs) == 0 {
		errs = append(errs, errors.New("no provider is set: give at least one of apns, fcm, jpush and huawei"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("setting up push account %q: %w", a.ID, err)
	}
	slices.SortStableFunc(made, func(x, y provider) int { return a.rank(x.name()) - a.rank(y.name()) })
	return made, nil
}

func (a Account) rank(name string) int {
	if i := slices.Index(a.Prefer, name); i >= 0 {
		return i
	}
	return len(a.Prefer)
}

func (a Account) validate() []error {
	var errs []error
	must := func(holds bool, problem string) {
		if !holds {
			errs = append(errs, errors.New(problem))
		}
	}
	must(a.ID != "", "the id is empty")
	must(a.Life > 0 && a.Life <= longestLife, "life must be more than nothing and at most 15 days")
	must(a.PerMinute >= 0, "per_minute must not be negative")
	u, err := url.Parse(a.Open)
	must(a.Open == "" || err == nil && u.Scheme != "", "open must be an address such as bankapp://jiebao/conversation")
	for _, name := range a.Prefer {
		must(slices.Contains([]string{NameAPNs, NameFCM, NameJPush, NameHuawei}, name), "prefer names no provider "+name)
	}
	return errs
}

// base is the address of a provider's API, without a slash at the end.
func base(given, official string) string {
	if given == "" {
		return official
	}
	return strings.TrimSuffix(given, "/")
}

// missing says which settings of a provider are empty.
func missing(provider string, settings map[string]string) error {
	var errs []error
	for name, value := range settings {
		if value == "" {
			errs = append(errs, fmt.Errorf("%s.%s is empty", provider, name))
		}
	}
	slices.SortFunc(errs, func(x, y error) int { return strings.Compare(x.Error(), y.Error()) })
	return errors.Join(errs...)
}
