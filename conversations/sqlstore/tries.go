package sqlstore

import (
	"context"
	"time"

	"jiebao/conversations"
)

const (
	// A try counts before it is looked at, so that many at once are as many.
	// The waits are those of conversations.Tries.
	countTry = `insert into tries (key, n, last, until) values ($1, 1, $2, 0)
		on conflict (key) do update set
			n = case when tries.last < $3 then 1 else tries.n + 1 end,
			last = $2,
			until = case when tries.last < $3 or tries.n + 1 <= $4 then 0 else cast($2 as bigint) + case tries.n + 1 - $4
				when 1 then 60000 when 2 then 120000 when 3 then 240000 when 4 then 480000 else 900000 end end
		where tries.until <= $2
		returning key`
	tryUntil    = `select until from tries where key = $1`
	forgetTries = `delete from tries where last < $1`
	forgiveTry  = `delete from tries where key = $1`
)

// Try counts a try that fails unless Forgive says otherwise. While it has to
// wait it does not count, and the end of the wait is returned; otherwise the
// zero time.
func (s *Store) Try(ctx context.Context, t conversations.Tries, now time.Time) (time.Time, error) {
	counted, until := false, int64(0)
	err := s.write(ctx, func(sc *script) {
		counted = false
		forgotten := millis(now.Add(-conversations.TriesForgotten))
		sc.exec(forgetTries, forgotten)
		sc.query(countTry, func(r row) error { counted = true; return r.Scan(new(string)) }, t.Key, millis(now), forgotten, int64(t.Free))
		sc.query(tryUntil, func(r row) error { return r.Scan(&until) }, t.Key)
	})
	if err != nil || counted {
		return time.Time{}, wrap(err, "counting a try to sign in")
	}
	return fromMillis(until), nil
}

// Waits returns until when tries of a key wait; the zero time if they do not.
func (s *Store) Waits(ctx context.Context, key string, now time.Time) (time.Time, error) {
	until := int64(0)
	err := s.read(ctx, tryUntil, func(r row) error { return r.Scan(&until) }, key)
	if err != nil || until <= millis(now) {
		return time.Time{}, wrap(err, "looking whether a try to sign in waits")
	}
	return fromMillis(until), nil
}

// Forgive forgets the tries of keys.
func (s *Store) Forgive(ctx context.Context, keys ...string) error {
	return wrap(s.write(ctx, func(sc *script) {
		for _, key := range keys {
			sc.exec(forgiveTry, key)
		}
	}), "forgetting tries to sign in")
}
