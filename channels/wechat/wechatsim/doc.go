// Package wechatsim is a fake of the WeChat official account platform
// (微信公众平台, service accounts): tokens, template and customer-service
// messages with their real windows and quotas, media, QR codes, menus, OAuth,
// and the callbacks a real account posts, in all three encryption modes.
//
// It is written from the platform's documentation and shares no code with the
// adapter it is used to test: it imports the standard library, and the clock and
// the sealing of the simulators, nothing else. Every platform fact is commented
// with the title of the page that states it; facts that no page states are
// marked [?] and say what was chosen.
//
// A Sim has a virtual clock. Nothing in it waits for the wall clock except the
// callback deadline (Options.CallbackTimeout), the latency option and the
// "slow" fault, which exist to be waited for.
//
//	sim := wechatsim.New(wechatsim.Options{Seed: 1})
//	sim.AddAccount(wechatsim.Account{AppID: "wx…", Secret: "…", …})
//	srv := httptest.NewServer(sim.Handler())
//	anna, _ := sim.AddCandidate("wx…", wechatsim.Candidate{Name: "安娜"})
//	anna.Follow("nonce-1")          // posts subscribe with EventKey qrscene_nonce-1
//	x, _ := anna.Say("你好")         // posts the text, opens the passive reply
//	anna.Screen()                   // what she sees
//	sim.Advance(49 * time.Hour)     // the 48-hour window has closed
//
// The same is offered over HTTP below /_sim/ (see GET /_sim/).
package wechatsim
