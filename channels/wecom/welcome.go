package wecom

import (
	"context"
	"time"

	"jiebao/channels/tencent"
)

// welcomeFor is how long a welcome code works, once (发送欢迎语等事件响应消息:
// 20 秒).
const welcomeFor = 20 * time.Second

// welcomes keeps the codes by which customers may be welcomed, for whichever
// node sends.
type welcomes struct {
	codes   tencent.TokenCache
	account string // open_kfid
	now     func() time.Time
}

func (w *welcomes) key(customer string) string { return "wecom/welcome/" + w.account + "/" + customer }

func (w *welcomes) keep(ctx context.Context, customer, code string, until time.Time) error {
	if !w.now().Before(until) {
		return nil // the message that it is for will find it gone
	}
	return w.codes.Set(ctx, w.key(customer), code, until)
}

// take returns the customer's code, "" if there is none, and forgets it.
func (w *welcomes) take(ctx context.Context, customer string) (code string, until time.Time) {
	code, until, ok, err := w.codes.Get(ctx, w.key(customer))
	if err != nil || !ok || code == "" || !w.now().Before(until) {
		return "", until
	}
	if err := w.codes.Set(ctx, w.key(customer), "", until); err != nil {
		return "", until // somebody else may use it, too
	}
	return code, until
}
