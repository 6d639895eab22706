package conversations

// adopt makes a scanned invitation's address the candidate's own.
func (t *turn) adopt(r *Reach) {
	r.BoundBy = "scene"
	if t.s.Follower != nil {
		t.out.Merged = t.s.Follower.ID
	}
	t.useInvitation()
	t.note("bound", r.BoundBy)
	t.bound(r)
}

func (t *turn) useInvitation() {
	if inv := t.c.Invitation; inv != nil && inv.UsedAt.IsZero() {
		inv.UsedAt = t.now
		t.out.Spent = inv.Scene
	}
}

// bind ties a follower's address to the candidate after they typed the
// invitation's code, or after HR approved. The result that waited leaves at
// once.
func (t *turn) bind(c Bind) error {
	if !t.c.Candidate.Known() {
		return ErrNotFound
	}
	if r := t.c.Reach(c.Reach.Address); r != nil {
		t.unchanged()
		return nil
	}
	if c.By == "code" && !t.c.Invitation.Usable(t.now) {
		return ErrStale
	}
	c.Reach.BoundBy = c.By
	t.c.Reaches = append(t.c.Reaches, c.Reach)
	t.to = &t.c.Reaches[len(t.c.Reaches)-1]
	t.out.Bind = append(t.out.Bind, c.Reach.Address)
	t.out.Merged = c.From
	t.useInvitation()
	t.note("bound", c.By)
	t.bound(t.to)
	t.releaseHeld(t.to)
	t.converse(Heard{Cue: CueBound})
	t.climb()
	return nil
}

// refuseClaim is HR's no: the follower is not who they say.
func (t *turn) refuseClaim(c RefuseClaim) error {
	if t.c.Claim == nil || t.c.Candidate.Known() {
		return ErrStale
	}
	t.c.Claim = nil
	t.note("claim_refused", c.Agent)
	t.move(ByAgent(c.Agent), Heard{Cue: CueRefused, Identity: IdentityNeeds})
	return nil
}
