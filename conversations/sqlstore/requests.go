package sqlstore

import (
	"context"

	"jiebao/conversations"
)

// A row without a status is a request under way. Whoever finds it after its
// time takes it over, unless they ask for something else.
const (
	beginRequest = `insert into requests (caller, key, digest, status, answer, until, created) values ($1, $2, $3, 0, '', $4, $5)
		on conflict (caller, key) do update set until = excluded.until
			where requests.status = 0 and requests.until <= $5 and requests.digest = excluded.digest
		returning caller`
	requestByKey  = `select digest, status, answer, until from requests where caller = $1 and key = $2`
	finishRequest = `update requests set status = $3, answer = $4 where caller = $1 and key = $2 and status = 0 and until = $5`
	dropRequest   = `delete from requests where caller = $1 and key = $2 and status = 0 and until = $3`
	oldRequests   = `delete from requests where created <= $1`
)

// BeginRequest keeps a request as begun, and says so, unless there is one
// under its key already, which is returned. Those that were kept long enough
// are forgotten.
func (s *Store) BeginRequest(ctx context.Context, r conversations.Request) (kept conversations.Request, began bool, err error) {
	err = s.write(ctx, func(sc *script) {
		now := s.now()
		kept, began = conversations.Request{Caller: r.Caller, Key: r.Key}, false
		sc.exec(oldRequests, millis(now.Add(-conversations.RequestFor)))
		sc.query(beginRequest, func(row row) error {
			began = true
			return row.Scan(&kept.Caller)
		}, r.Caller, r.Key, r.Digest, millis(r.Until), millis(now))
		sc.query(requestByKey, func(row row) error {
			var answer string
			var until int64
			err := row.Scan(&kept.Digest, &kept.Status, &answer, &until)
			kept.Answer, kept.Until = []byte(answer), fromMillis(until)
			return err
		}, r.Caller, r.Key)
	})
	return kept, began, wrap(err, "keeping a request of %s", r.Caller)
}

// FinishRequest keeps the answer of the request that was begun until then.
// Nothing happens if somebody else took it over.
func (s *Store) FinishRequest(ctx context.Context, r conversations.Request) error {
	return wrap(s.write(ctx, func(sc *script) {
		sc.exec(finishRequest, r.Caller, r.Key, int64(r.Status), string(r.Answer), millis(r.Until))
	}), "keeping the answer to a request of %s", r.Caller)
}

// DropRequest forgets the request that was begun until then: it came to
// nothing and may be tried again.
func (s *Store) DropRequest(ctx context.Context, r conversations.Request) error {
	return wrap(s.write(ctx, func(sc *script) {
		sc.exec(dropRequest, r.Caller, r.Key, millis(r.Until))
	}), "forgetting a request of %s", r.Caller)
}
