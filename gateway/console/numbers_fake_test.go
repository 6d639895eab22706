package console

import (
	"context"
	"time"

	"jiebao/conversations"
)

// Numbers are some, of the scope's own branches.
func (f *fake) Numbers(_ context.Context, q conversations.NumbersQuery) (n conversations.Numbers, _ error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counted++
	for _, r := range []conversations.FunnelRow{
		{Branch: "head/beijing/chaoyang", Position: "柜员", Channel: "wechat", Funnel: conversations.Funnel{Told: 40, Sent: 38, Delivered: 36, Read: 30, Replied: 21, Confirmed: 12}},
		{Branch: "head/shanghai/pudong", Position: "客户经理", Channel: "sms", Funnel: conversations.Funnel{Told: 20, Sent: 20, Delivered: 19, Read: 8, Replied: 5, Confirmed: 4}},
	} {
		if q.Scope.Allows(r.Branch) {
			n.Rows = append(n.Rows, r)
		}
	}
	if q.Scope.Allows("head/beijing/chaoyang") {
		n.Overdue, n.Soon, n.Missing, n.Applications, n.Waits, n.Median, n.Slow = 3, 1, 14, 6, 10, 4*time.Minute, 25*time.Minute
		n.Deadlines = []conversations.Deadline{{Conversation: "zhang", ReplyBy: q.Now.Add(2 * time.Hour)}}
	}
	return n, nil
}
