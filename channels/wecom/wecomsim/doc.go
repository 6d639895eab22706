// Package wecomsim is a fake of the WeCom platform (企业微信): self-built apps
// with their messages, cards, media and callbacks in XML or JSON, and 微信客服
// with its log of messages, sessions, windows and welcome codes.
//
// It is written from the platform's documentation and shares no code with the
// adapters it is used to test, nor with the SDK: it imports the standard
// library, and the clockwork and the sealing of the simulators. Platform facts are
// commented with the title of the page that states them; facts that no page
// states are marked [?] and say what was chosen.
//
// A Sim has a virtual clock, or follows one; nothing in it waits for the wall
// clock except the callback deadline and the "slow" fault.
//
//	sim := wecomsim.New(wecomsim.Options{Seed: 1})
//	sim.AddApp(wecomsim.App{CorpID: "ww…", AgentID: 1000002, Secret: "…", …})
//	sim.AddKf("ww…", 1000002, wecomsim.Kf{OpenKfID: "wk…", Name: "招聘客服"})
//	srv := httptest.NewServer(sim.Handler())
//	li, _ := sim.AddMember("ww…", "lisi", "李四")
//	x, _ := li.Say(1000002, "你好")      // posts the text, opens the passive reply
//	li.Screen(1000002)                   // what they see in the app
//	anna, _ := sim.AddCustomer("ww…", "安娜")
//	anna.Enter(link)                     // opens the chat by a link or QR code
//	anna.Say("wk…", "你好")
//	sim.Advance(49 * time.Hour)          // the 48-hour window has closed
package wecomsim
