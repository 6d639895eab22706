package sqlstore

import (
	"slices"

	"jiebao/conversations"
)

const (
	findContacts = `select c.address, c.conversation from contacts c where c.address in keys
		and c.since = (select max(n.since) from contacts n where n.address = c.address) order by c.address, c.conversation`
	insertContacts = `insert into contacts (address, conversation, since)
		select r.address, r.conversation, r.since from rows(address text, conversation text, since bigint)
		where true on conflict (address, conversation) do update set since = excluded.since`
	deleteContacts  = `delete from contacts using rows(address text, conversation text) where contacts.address = r.address and contacts.conversation = r.conversation`
	deleteAddresses = `delete from addresses using rows(address text, conversation text) where addresses.address = r.address and addresses.conversation = r.conversation`
)

// lookUp finds out whose the addresses are that are written from. An address
// that several candidates have is the latest conversation's; the candidate's
// own page is told by its address.
func (g *group) lookUp(sc *script, addresses keys, from []conversations.Address, into map[string]string) {
	sc.queryKeys(findAddresses, addresses, pairs(into))
	var contacts keys
	for _, a := range from {
		if a.Account == conversations.PageAccount {
			into[addressKey(a)] = a.ID
		} else if d, _ := g.s.engine.Channels.Describe(a.Account); d.Contact != conversations.NoContact {
			contacts.add(addressKey(a))
		}
	}
	sc.queryKeys(findContacts, contacts, pairs(into))
}

// from are the addresses that the jobs' messages come from.
func (g *group) from() []conversations.Address {
	var out []conversations.Address
	for _, j := range g.jobs {
		if j.to.Conversation == "" && !j.to.Address.IsZero() {
			out = append(out, j.to.Address)
		}
	}
	return out
}

// byEHR is the EHR's id that the account knows candidates by, "" if the
// address is no such id.
func (g *group) byEHR(a conversations.Address) string {
	if a.Account == conversations.PageAccount {
		return ""
	}
	if d, _ := g.s.engine.Channels.Describe(a.Account); d.Contact == conversations.ByEHR {
		return a.ID
	}
	return ""
}

// knownByEHR adds the addresses of candidates who are known by the EHR's id,
// on accounts that none of their turns has met yet.
func (g *group) knownByEHR(into map[string]string) {
	if len(g.candidates) == 0 {
		return
	}
	for _, a := range g.from() {
		if key := addressKey(a); into[key] == "" {
			if id := g.candidates[g.byEHR(a)]; id != "" {
				into[key] = id
			}
		}
	}
}

// serves says whether an account serves the conversation's branch.
func (g *group) serves(a conversations.Address, c *storedConversation) bool {
	d, ok := g.s.engine.Channels.Describe(a.Account)
	return ok && (d.Branch == "" || conversations.Scope{d.Branch}.Allows(c.Branch))
}

// collectContacts books which contacts are the conversation's, and which are
// no more. One that was an unknown follower's goes over with it.
func (g *group) collectContacts(j *job, w *writes) {
	id := j.changes.Conversation.ID
	for _, a := range j.changes.Parted {
		w.parted = append(w.parted, []any{addressKey(a), id})
	}
	for _, a := range j.changes.Contacts {
		w.contacts = append(w.contacts, []any{addressKey(a), id, millis(g.now)})
		if owner := g.addresses[addressKey(a)]; slices.Contains(j.ends, owner) {
			w.moved = append(w.moved, []any{addressKey(a), id})
		}
	}
}

func (w *writes) contactScript(sc *script) {
	sc.bulk(deleteContacts, w.parted)
	sc.bulk(deleteAddresses, w.parted)
	sortRows(w.contacts, 0)
	sc.bulk(insertContacts, w.contacts)
}
