// Package voicesim is a fake of Aliyun's voice service (语音服务): the call that
// has a filed text read (SingleCallByTts), with its signature, filed texts and
// limits for each number, phones that ring and are answered or not, keys that
// are pressed, and the report of each call (VoiceReport).
//
// It is written from the platform's documentation and shares no code with the
// adapter it is used to test, nor with the SDK. Every fact is commented with
// the title of the page that states it; facts that no page states are marked
// [?] and say what was chosen.
//
//	sim := voicesim.New(voicesim.Options{})
//	sim.AddAccount(voicesim.Account{AccessKeyID: "LTAI…", …})
//	srv := httptest.NewServer(sim.Handler())
//	sim.Answer("13800138000")              // picks up: the text is read
//	sim.KeyPress("13800138000", "1")       // and hangs up once it is over
//	sim.HangUp("13800138000")              // VoiceReport follows
//
// Imports: the standard library and channels/carrier/carriersim.
package voicesim
