// Package smssim is a fake of two providers of text messages, Aliyun (短信服务)
// and Tencent Cloud (短信): their calls with signatures, filed signs and
// templates, limits and balances, and what they push about messages and
// replies.
//
// It is written from the providers' documentation and shares no code with the
// adapter it is used to test, nor with their SDKs. Every fact is commented
// with the title of the page that states it; facts that no page states are
// marked [?] and say what was chosen.
//
//	sim := smssim.New(smssim.Options{})
//	sim.AddAliyun(smssim.Aliyun{AccessKeyID: "LTAI…", …})
//	srv := httptest.NewServer(sim.Handler())
//	sim.Inbox("13800138000")             // what the phone shows
//	sim.Reply("13800138000", "收到")      // pushes SmsUp
//	sim.Advance(time.Minute)             // receipts have been pushed
//
// Both providers answer at one address, wherever it is mounted: they are told
// apart by how a request is signed.
//
// Imports: the standard library and channels/carrier/carriersim.
package smssim
