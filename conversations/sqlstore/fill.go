package sqlstore

import "context"

const (
	fillTo = `select coalesce(max(id), '') from (select c.id from conversations c, endpoints e
		where e.key = $1 and c.id > e.filled order by c.id limit 500) as part`
	filledSoFar    = `select filled from endpoints where key = $1 and filling = 1`
	fillDeliveries = `insert into deliveries (conversation, endpoint, known, taken, due)
		select c.id, e.key, (select max(ev.sequence) from events ev where ev.conversation = c.id), 0, $4
		from endpoints e, conversations c where e.key = $1 and c.id > $2 and c.id <= $3 and ` + covers + `
		and exists (select 1 from events ev where ev.conversation = c.id) order by c.id
		on conflict (conversation, endpoint) do update set
		known = case when excluded.known > deliveries.known then excluded.known else deliveries.known end,
		due = case when deliveries.due = 0 and (excluded.known > deliveries.taken or deliveries.replays > 0) then excluded.due else deliveries.due end`
	advanceFill = `update endpoints set filled = $3 where key = $1 and filled = $2 and filling = 1`
	endFill     = `update endpoints set filling = 0 where key = $1 and filled = $2`
)

// fill makes the next deliveries of an endpoint that is told from the
// beginning. Whatever of it is lost in a crash is done again.
func (s *Store) fill(ctx context.Context, key string) error {
	var from *string
	upto := ""
	err := s.read(ctx, filledSoFar, func(r row) error { from = new(string); return r.Scan(from) }, key)
	if err == nil && from != nil {
		err = s.read(ctx, fillTo, func(r row) error { return r.Scan(&upto) }, key)
	}
	if err == nil && from != nil {
		err = s.write(ctx, func(sc *script) {
			if upto == "" {
				sc.exec(endFill, key, *from)
				return
			}
			sc.exec(fillDeliveries, key, *from, upto, millis(s.now()))
			sc.exec(advanceFill, key, *from, upto)
		})
	}
	return wrap(err, "looking for what a new endpoint is to be told")
}
