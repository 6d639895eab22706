package conversations

// invite makes a new invitation, for the nearest account that can.
func (t *turn) invite(scene, code string) {
	if t.c.Invitation.Usable(t.now) || scene == "" {
		return
	}
	inv := &Invitation{Scene: scene, Code: code, Expires: t.now.Add(InvitationTTL)}
	t.c.Invitation, t.out.Invite = inv, inv
	for _, d := range t.e.Channels.Serving(t.c.Branch) {
		if d.Invites {
			inv.Account = d.Account
			t.task(TaskInvite, "invite_"+scene, InviteRequest{Conversation: t.c.ID, Account: d.Account, Scene: scene})
			return
		}
	}
	inv.Error = "no account that serves the branch can make a QR code"
}

// invited books the QR code that the platform made.
func (t *turn) invited(c Invited) error {
	inv := t.c.Invitation
	if inv == nil || inv.Scene != c.Scene {
		t.unchanged()
		return nil
	}
	inv.QR, inv.Link, inv.Error = c.QR, c.Link, c.Error
	return nil
}

// reinvite replaces the invitation; the old one binds nobody any more.
func (t *turn) reinvite(c Reinvite) error {
	if !t.c.Candidate.Known() {
		return ErrNotFound
	}
	if old := t.c.Invitation; old != nil {
		t.out.Spent = old.Scene
		t.c.Invitation = nil
	}
	t.invite(c.Scene, c.Code)
	t.note("reinvited", c.Agent)
	return nil
}
