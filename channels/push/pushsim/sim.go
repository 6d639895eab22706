// Package pushsim plays the providers of push notifications and the phones
// behind them: APNs, FCM, JPush and Huawei Push Kit, as far as a gateway calls
// them. It follows their documentation, whose titles stand where a fact does,
// and shares no code with the adapter that it tests.
//
// A Phone has the bank's app and one token of each provider that it was given.
// What a provider takes comes to the phone's notifications, at once or when the
// phone is switched on, replaces an earlier one as the provider does it, and
// can be tapped. What the app then does, such as acknowledging, is up to
// whoever plays it: see Options.App.
//
// Imports: the standard library.
package pushsim

import (
	"net/http"
	"sync"
	"time"
)

// Options configure a Sim.
type Options struct {
	// Now tells the time; nil: the machine's.
	Now func() time.Time
	// Delay is how long a notification takes to a phone that is on. It arrives
	// at the next Tick after that; 0: at once.
	Delay time.Duration
	// AnyHTTP lets APNs be called over HTTP/1.1, which Apple does not take, for
	// demonstrations without TLS.
	AnyHTTP bool
	// App plays the bank's app; nil: nobody.
	App App
	// Journal is how many calls are kept; 0: 2000.
	Journal int
}

// App is the bank's app on a phone. It is called without locks, one call after
// the other for each notification.
type App interface {
	// Arrived is the app's extension, which a notification wakes.
	Arrived(recipient string, n Shown)
	// Opened is the app, which a tap on a notification opens.
	Opened(recipient string, n Shown)
}

// Sim is all the providers, and the phones. All methods may be called
// concurrently.
type Sim struct {
	opts    Options
	handler http.Handler
	faults  faults

	mu        sync.Mutex
	publicURL string
	apps      apps
	phones    []*Phone
	serial    int
	journal   []Entry
	noted     int64
	watchers  map[chan struct{}]bool
}

// New returns providers that know no app and no phone.
func New(o Options) *Sim {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Journal == 0 {
		o.Journal = 2000
	}
	s := &Sim{opts: o, publicURL: "http://pushsim.invalid", watchers: map[chan struct{}]bool{}}
	s.handler = s.routes()
	return s
}

// Handler serves all providers. Their paths differ, so that one address is
// enough for all of them.
func (s *Sim) Handler() http.Handler { return s.handler }

// SetPublicURL tells where the Handler is reached, for the key files that name
// the address of tokens.
func (s *Sim) SetPublicURL(u string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.publicURL = u
}

// Subscribe returns a channel that receives after something changed, and how to
// leave.
func (s *Sim) Subscribe() (changed <-chan struct{}, cancel func()) {
	ch := make(chan struct{}, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watchers[ch] = true
	return ch, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, ch)
	}
}

// changed tells the watchers. The caller holds the lock.
func (s *Sim) changed() {
	for ch := range s.watchers {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

// routes are the providers' paths.
func (s *Sim) routes() http.Handler {
	mux := http.NewServeMux()
	for pattern, e := range map[string]endpoint{
		"/3/device/{token}": {"apns", s.apnsPush},
		"POST /token":       {"fcm", s.googleToken},
		"POST /v1/projects/{project}/{operation}": {"fcm", s.fcmSend},
		"POST /v3/push":                  {"jpush", s.jpushPush},
		"GET /v3/push/cid":               {"jpush", s.jpushCIDs},
		"POST /oauth2/v3/token":          {"huawei", s.huaweiToken},
		"POST /v3/{project}/{operation}": {"huawei", s.huaweiSend},
	} {
		mux.Handle(pattern, s.serve(e))
	}
	return mux
}
