package sqlstore

import "context"

const (
	releaseLeases     = `update lanes set lease = 0 where lease > 0`
	releaseDeliveries = `update deliveries set lease = 0 where due > 0 and lease > 0`
)

// ReleaseLeases ends every lease at once. It is for a start at which nobody
// else works off the outbox, so that what a killed gateway held need not wait
// for its leases to end.
func (s *Store) ReleaseLeases(ctx context.Context) error {
	return wrap(s.write(ctx, func(sc *script) {
		sc.exec(releaseLeases)
		sc.exec(releaseDeliveries)
	}), "releasing leases")
}
