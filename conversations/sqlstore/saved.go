package sqlstore

import (
	"context"
	"encoding/json"

	"jiebao/conversations"
)

const (
	savedViews   = `select id, name, query from saved_views where agent = $1 order by id`
	putSavedView = `insert into saved_views (id, agent, name, query) values ($1, $2, $3, $4)
		on conflict (id) do update set name = excluded.name, query = excluded.query where saved_views.agent = excluded.agent`
	dropSavedView = `delete from saved_views where id = $1 and agent = $2`
)

// SavedViews returns an agent's own views, by id.
func (s *Store) SavedViews(ctx context.Context, agent string) (views []conversations.SavedView, err error) {
	err = s.read(ctx, savedViews, func(r row) error {
		v := conversations.SavedView{Agent: agent}
		var query []byte
		if err := r.Scan(&v.ID, &v.Name, &query); err != nil {
			return err
		}
		views = append(views, v)
		return json.Unmarshal(query, &views[len(views)-1].Query)
	}, agent)
	return views, wrap(err, "reading saved views")
}

// PutSavedView keeps a view of an agent's under its id, in the place of the
// one that was there if that was the agent's too.
func (s *Store) PutSavedView(ctx context.Context, v conversations.SavedView) error {
	query, err := json.Marshal(v.Query)
	if err != nil {
		return err
	}
	return wrap(s.write(ctx, func(sc *script) {
		sc.exec(putSavedView, v.ID, v.Agent, v.Name, string(query))
	}), "keeping a saved view")
}

// DropSavedView forgets a view of an agent's. One that is not there is
// forgotten already.
func (s *Store) DropSavedView(ctx context.Context, agent, id string) error {
	return wrap(s.write(ctx, func(sc *script) { sc.exec(dropSavedView, id, agent) }), "forgetting a saved view")
}
