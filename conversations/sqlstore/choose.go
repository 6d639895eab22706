package sqlstore

import (
	"fmt"
	"slices"
	"time"

	"jiebao/conversations"
)

// choose finds the conversation a job is for, or begins one, and fills in
// the snapshot of its turn.
func (g *group) choose(j *job) error {
	var err error
	switch {
	case j.to.Conversation != "":
		err = g.chooseByID(j)
	case !j.to.Address.IsZero():
		err = g.chooseByAddress(j)
	case j.to.Candidate != "":
		err = g.chooseByCandidate(j)
	case j.to.PlatformID != "":
		err = g.chooseByReceipt(j)
	default:
		err = fmt.Errorf("the target of a %T names nothing", j.command)
	}
	if err != nil || j.conversation == "" {
		return err
	}
	j.snapshot.Now = g.now.In(g.s.zone)
	j.snapshot.Scan, j.snapshot.Knowledge = j.scan, g.knowledge
	if !j.fresh {
		j.snapshot.Conversation, j.turns = g.loaded[j.conversation].Conversation, g.loaded[j.conversation].turns
	}
	j.snapshot.New, j.snapshot.Condition = j.fresh, j.to.Condition
	switch c := j.command.(type) {
	case conversations.Receive:
		j.snapshot.Queue = g.s.queues.of(j.snapshot.Conversation.Branch)
	case conversations.Notify:
		g.forNotify(j, c)
	case conversations.Bind:
		return g.forBind(j, c)
	case conversations.Report:
		g.forReport(j, c)
	case conversations.CancelSend:
		if ref, ok := parseMessageID(c.Message); ok && g.messages[ref] != nil && ref.conversation == j.conversation {
			j.snapshot.Message = &g.messages[ref].Message
		}
	}
	return nil
}

// chooseByID follows a merged follower's conversation to the candidate's for
// the program itself, but not for people, who name what they see, nor for what
// was recorded, which is of a message that stays where it was said.
func (g *group) chooseByID(j *job) error {
	c := g.loaded[j.to.Conversation]
	if c == nil || j.to.Scope != nil && !j.to.Scope.Allows(c.Branch) {
		return conversations.ErrNotFound
	}
	_, stays := j.command.(conversations.Recorded)
	for c.MergedInto != "" && !stays {
		if j.to.Scope != nil {
			return conversations.ErrNotFound
		}
		c = g.loaded[c.MergedInto]
	}
	j.conversation = c.ID
	return nil
}

// chooseByAddress: a valid invitation leads to the candidate's conversation,
// unless the address is somebody else's already; otherwise the address has a
// conversation of its own, or now gets one.
func (g *group) chooseByAddress(j *job) error {
	own := g.loaded[g.addresses[addressKey(j.to.Address)]]
	if own != nil && g.byEHR(j.to.Address) != "" && !g.serves(j.to.Address, own) {
		own = nil
	}
	if j.to.Scene != "" {
		host := g.loaded[g.invitations[j.to.Scene]]
		switch {
		case own != nil && own == host: // their own code, once more
		case host == nil || !host.invites(j.to.Scene, g.now):
			j.scan = conversations.ScanStale
		case own == nil:
			j.scan, j.conversation = conversations.ScanBinds, host.ID
			return nil
		case !own.Candidate.Known():
			j.scan, j.conversation = conversations.ScanBinds, host.ID
			j.ends, j.snapshot.Follower = []string{own.ID}, &own.Conversation
			return nil
		default:
			j.scan = conversations.ScanTaken
		}
	}
	if own != nil {
		j.conversation = own.ID
		return nil
	}
	d, ok := g.s.engine.Channels.Describe(j.to.Address.Account)
	if j.to.Address.Account == conversations.PageAccount {
		return conversations.ErrNotFound
	}
	if !ok {
		return fmt.Errorf("account %q is not configured", j.to.Address.Account)
	}
	g.begin(j, d.Branch)
	return nil
}

// invites says whether the scene still binds whoever scans it. The locked
// conversation says so: what was read of the invitation before may have been
// used up since, by a scan on another node.
func (c *storedConversation) invites(scene string, now time.Time) bool {
	inv := c.Invitation
	return inv.Usable(now) && inv.Scene == scene
}

// chooseByCandidate begins a conversation for a new candidate. Whoever is
// confined to a branch cannot reach, and move, the candidate of another.
func (g *group) chooseByCandidate(j *job) error {
	if j.conversation == "" {
		g.begin(j, j.to.Branch)
		return nil
	}
	if j.to.Scope != nil && !j.to.Scope.Allows(g.loaded[j.conversation].Branch) {
		return conversations.ErrNotFound
	}
	return nil
}

// begin makes a new conversation.
func (g *group) begin(j *job, branch string) {
	j.fresh, j.conversation = true, g.s.newID()
	j.snapshot.Conversation = conversations.Conversation{ID: j.conversation, Branch: branch}
}

// chooseByReceipt: a receipt may come before anybody knows the platform's id
// of the message. Then there is no turn; write keeps the receipt.
func (g *group) chooseByReceipt(j *job) error {
	if _, ok := j.command.(conversations.Report); !ok {
		return fmt.Errorf("a %T cannot be applied to a platform's message", j.command)
	}
	if j.conversation == "" {
		return nil
	}
	c := g.loaded[j.conversation]
	for c != nil && c.MergedInto != "" {
		c = g.loaded[c.MergedInto]
	}
	if c == nil {
		return conversations.ErrNotFound
	}
	j.conversation = c.ID
	return nil
}

// forNotify: an address the EHR vouches for may have been a follower's, whose
// conversation then ends, but not another candidate's; a contact may be both.
func (g *group) forNotify(j *job, n conversations.Notify) {
	j.snapshot.PostedDigest = g.results[n.Result.ID]
	for _, a := range n.Result.Addresses {
		switch c := g.loaded[g.addresses[addressKey(a)]]; {
		case c == nil || c.ID == j.conversation:
		case c.Candidate.Known():
			j.snapshot.Taken = append(j.snapshot.Taken, a)
		default:
			j.ends = append(j.ends, c.ID)
		}
	}
	for _, a := range g.s.engine.Contacts(n.Result.Branch, n.Result.Candidate) {
		c := g.loaded[g.addresses[addressKey(a)]]
		if c != nil && c.ID != j.conversation && !c.Candidate.Known() && c.MergedInto == "" && !slices.Contains(j.ends, c.ID) {
			j.ends = append(j.ends, c.ID)
		}
	}
}

func (g *group) forBind(j *job, b conversations.Bind) error {
	from := g.loaded[b.From]
	if from == nil || j.to.Scope != nil && !j.to.Scope.Allows(from.Branch) {
		return conversations.ErrNotFound
	}
	owner := g.loaded[g.addresses[addressKey(b.Reach.Address)]]
	if owner != nil && owner != from && owner.ID != j.conversation {
		return conversations.ErrStale
	}
	if from.ID != j.conversation && from.MergedInto == "" && !from.Candidate.Known() {
		j.ends, j.snapshot.Follower = []string{from.ID}, &from.Conversation
	}
	return nil
}

func (g *group) forReport(j *job, r conversations.Report) {
	ref, _ := g.reported(j, r)
	m := g.messages[ref]
	if m == nil {
		return
	}
	j.snapshot.Message = &m.Message
	if r.PlatformID != "" {
		j.snapshot.Early = g.early[platformKey(j.account(m.Message), r.PlatformID)]
	}
}

// account is the one the platform's id of a message belongs to.
func (j *job) account(m conversations.Message) string {
	if j.to.Account != "" {
		return j.to.Account
	}
	return m.Address.Account
}
