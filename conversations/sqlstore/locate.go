package sqlstore

import (
	"context"
	"slices"

	"jiebao/conversations"
)

const (
	lockReceipts     = `select pg_advisory_xact_lock(hashtextextended(k, 0)) from unnest($1::text[]) as k`
	findAddresses    = `select address, conversation from addresses where address in keys`
	findCandidates   = `select candidate, id from conversations where candidate in keys and candidate <> ''`
	findInvitations  = `select scene, conversation from invitations where scene in keys`
	findByPlatformID = `select platform, conversation, n from messages where platform in keys and platform <> ''`
)

// locate begins the transaction and finds out which conversations the jobs
// are for, as far as that takes looking anything up.
func (g *group) locate(ctx context.Context) error {
	var addresses, candidates, scenes, platforms, receipts keys
	for _, j := range g.jobs {
		to := j.to
		switch {
		case to.Conversation != "":
		case !to.Address.IsZero():
			addresses.add(addressKey(to.Address))
			candidates.add(g.byEHR(to.Address))
			scenes.add(to.Scene)
		case to.Candidate != "":
			candidates.add(to.Candidate)
		case to.PlatformID != "":
			platforms.add(platformKey(to.Account, to.PlatformID))
			receipts.add(to.PlatformID)
		}
		switch c := j.command.(type) {
		case conversations.Notify:
			for _, a := range c.Result.Addresses {
				addresses.add(addressKey(a))
			}
			for _, a := range g.s.engine.Contacts(c.Result.Branch, c.Result.Candidate) {
				addresses.add(addressKey(a))
			}
		case conversations.Bind:
			addresses.add(addressKey(c.Reach.Address))
		case conversations.Report:
			receipts.add(c.PlatformID)
		}
	}
	g.addresses = make(map[string]string, len(addresses))
	var sc script
	sc.exec(g.s.db.begin())
	if len(receipts) > 0 && g.s.db.shared() {
		// A receipt that finds no message and a report that finds no early
		// receipt must not miss each other.
		slices.Sort(receipts)
		sc.query(lockReceipts, discard, []string(receipts))
	}
	g.lookUp(&sc, addresses, g.from(), g.addresses)
	if len(candidates) > 0 {
		g.candidates = map[string]string{}
		sc.queryKeys(findCandidates, candidates, pairs(g.candidates))
	}
	if len(scenes) > 0 {
		g.invitations = map[string]string{}
		sc.queryKeys(findInvitations, scenes, pairs(g.invitations))
	}
	if len(platforms) > 0 {
		g.platforms = map[string]messageRef{}
		sc.queryKeys(findByPlatformID, platforms, func(r row) error {
			var key string
			var ref messageRef
			if err := r.Scan(&key, &ref.conversation, &ref.n); err != nil {
				return err
			}
			g.platforms[key] = ref
			return nil
		})
	}
	if err := g.tx.run(ctx, &sc); err != nil {
		return err
	}
	g.knownByEHR(g.addresses)
	for _, j := range g.jobs {
		g.aim(j)
	}
	return nil
}

// aim notes the conversation the job is for, as it looks before locking.
func (g *group) aim(j *job) {
	switch to := j.to; {
	case to.Conversation != "":
		j.conversation = to.Conversation
	case !to.Address.IsZero():
		j.conversation = g.addresses[addressKey(to.Address)]
	case to.Candidate != "":
		j.conversation = g.candidates[to.Candidate]
	case to.PlatformID != "":
		j.conversation = g.platforms[platformKey(to.Account, to.PlatformID)].conversation
	}
}

// keys are the arguments of a lookup.
type keys []string

func (k *keys) add(key string) {
	if key != "" {
		*k = append(*k, key)
	}
}

// pairs reads rows of two texts into a map.
func pairs(into map[string]string) func(row) error {
	return func(r row) error {
		var k, v string
		if err := r.Scan(&k, &v); err != nil {
			return err
		}
		into[k] = v
		return nil
	}
}

func discard(row) error { return nil }
