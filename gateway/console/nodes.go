package console

import (
	"context"
	"log/slog"
)

// Nodes carries what pages say of themselves from each node to all others. It
// may lose some: pages say it again within seconds.
type Nodes interface {
	// Publish tells the other nodes.
	Publish(ctx context.Context, all []Glimpse) error
	// Listen calls heard with what other nodes publish until ctx ends.
	Listen(ctx context.Context, heard func([]Glimpse)) error
}

// untold is how many glimpses wait at most to be told to other nodes. What
// comes while nobody takes them is dropped, so that no page waits for that.
const untold = 512

// nodes tells other nodes what pages say here, many at once when many speak.
type nodes struct{ queue chan Glimpse }

func newNodes() *nodes { return &nodes{} }

// connect joins the other nodes until ctx ends. Without any, nothing is told.
func (n *nodes) connect(ctx context.Context, others Nodes, heard func([]Glimpse), log *slog.Logger) {
	if others == nil {
		return
	}
	n.queue = make(chan Glimpse, untold)
	go func() {
		if err := others.Listen(ctx, heard); err != nil && ctx.Err() == nil {
			log.Error("who reads at other nodes is not seen any more", "error", err)
		}
	}()
	go n.publish(ctx, others, log)
}

func (n *nodes) tell(s Glimpse) {
	select {
	case n.queue <- s:
	default: // nobody listens, or too much is untold
	}
}

// publish tells what waits, and says when that begins to fail and when it is
// mended.
func (n *nodes) publish(ctx context.Context, others Nodes, log *slog.Logger) {
	away := false
	for {
		select {
		case <-ctx.Done():
			return
		case first := <-n.queue:
			err := others.Publish(ctx, n.rest(first))
			switch {
			case ctx.Err() != nil:
				return
			case err != nil && !away:
				log.Warn("colleagues at other nodes do not see who reads here", "error", err)
			case err == nil && away:
				log.Info("colleagues at other nodes see again who reads here")
			}
			away = err != nil
		}
	}
}

// rest is the first one and what waits behind it.
func (n *nodes) rest(first Glimpse) []Glimpse {
	all := []Glimpse{first}
	for len(n.queue) > 0 {
		all = append(all, <-n.queue)
	}
	return all
}
