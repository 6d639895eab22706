package conversations

import (
	"slices"
	"testing"
)

func TestWhatEachRoleMay(t *testing.T) {
	t.Parallel()
	may := map[Role][]Permission{
		RoleAgent:       {MayRead, MayWork},
		RoleLead:        {MayRead, MayWork, MayLead, MayTeach},
		RoleBranchAdmin: {MayRead, MayWork, MayLead, MayTeach, MayAdmin, MayRun},
		RoleHeadOffice:  {MayRead, MayWork, MayLead, MayTeach, MayAdmin, MayRun, MayAudit},
		RoleAuditor:     {MayRead, MayAudit},
		RoleIntegrator:  {MayRun},
		"":              nil,
		"admin":         nil,
	}
	for _, r := range Roles() {
		if _, ok := may[r]; !ok {
			t.Errorf("nothing is said of %s", r)
		}
	}
	for role, allowed := range may {
		for _, p := range append(Permissions(), "", "everything") {
			a := Agent{ID: "a", Role: role, Scope: Scope{"head/north"}}
			got, want := a.In(p), slices.Contains(allowed, p)
			if got == nil || got.Allows("head/north") != want || got.Allows("head") || a.May(p) != want {
				t.Errorf("%s may %s in %v, want %v", role, p, got, want)
			}
		}
	}
}

// TestNobodyIsEverywhereByMistake: a nil scope confines nothing in a Target.
func TestNobodyIsEverywhereByMistake(t *testing.T) {
	t.Parallel()
	for _, a := range []Agent{
		{}, {Role: RoleHeadOffice}, {Role: RoleHeadOffice, Scope: Scope{}}, {Scope: Scope{"head"}},
		{Role: RoleHeadOffice, Scope: Scope{"head"}, Disabled: true},
	} {
		for _, p := range Permissions() {
			if s := a.In(p); s == nil || len(s) > 0 || a.May(p) {
				t.Errorf("%+v may %s in %#v", a, p, s)
			}
		}
		if s := a.Over(Reply{}); s == nil || len(s) > 0 {
			t.Errorf("%+v replies in %#v", a, s)
		}
	}
}

func TestWhoGivesWhichCommand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		command Command
		roles   []Role
	}{
		{Reply{}, []Role{RoleAgent, RoleLead, RoleBranchAdmin, RoleHeadOffice}},
		{Decide{}, []Role{RoleAgent, RoleLead, RoleBranchAdmin, RoleHeadOffice}},
		{Seen{}, []Role{RoleAgent, RoleLead, RoleBranchAdmin, RoleHeadOffice}},
		{Snooze{}, []Role{RoleAgent, RoleLead, RoleBranchAdmin, RoleHeadOffice}},
		{Assign{Agent: "me"}, []Role{RoleAgent, RoleLead, RoleBranchAdmin, RoleHeadOffice}},
		{Assign{Agent: "you"}, []Role{RoleLead, RoleBranchAdmin, RoleHeadOffice}},
		{Receive{}, nil}, {Report{}, nil}, {Notify{}, nil}, {Tick{}, nil}, {Filed{}, nil}, {Understood{}, nil}, {Upload{}, nil},
		{Enter{}, nil}, {Withdraw{}, nil}, {ChangeOffer{}, nil}, {Disagree{}, nil},
	} {
		for _, r := range Roles() {
			a := Agent{ID: "me", Role: r, Scope: Scope{"head"}}
			if got := a.Over(c.command).Allows("head/north"); got != slices.Contains(c.roles, r) {
				t.Errorf("%s gives %T: %v", r, c.command, got)
			}
		}
	}
}

func TestWhoAdministersWhom(t *testing.T) {
	t.Parallel()
	head, north := Scope{"head"}, Scope{"head/north"}
	for _, c := range []struct {
		by, of Agent
		want   bool
	}{
		{Agent{Role: RoleHeadOffice, Scope: head}, Agent{Role: RoleHeadOffice, Scope: head}, true},
		{Agent{Role: RoleHeadOffice, Scope: head}, Agent{Role: RoleAuditor, Scope: north}, true},
		{Agent{Role: RoleHeadOffice, Scope: north}, Agent{Role: RoleAgent, Scope: head}, false},
		{Agent{Role: RoleHeadOffice, Scope: head}, Agent{Role: "admin", Scope: north}, false},
		{Agent{Role: RoleBranchAdmin, Scope: north}, Agent{Role: RoleBranchAdmin, Scope: north}, true},
		{Agent{Role: RoleBranchAdmin, Scope: north}, Agent{Role: RoleIntegrator, Scope: north}, true},
		{Agent{Role: RoleBranchAdmin, Scope: north}, Agent{Role: RoleAuditor, Scope: north}, false},
		{Agent{Role: RoleBranchAdmin, Scope: head}, Agent{Role: RoleHeadOffice, Scope: north}, false},
		{Agent{Role: RoleBranchAdmin, Scope: north}, Agent{Role: RoleAgent, Scope: Scope{"head/north", "head/south"}}, false},
		{Agent{Role: RoleBranchAdmin, Scope: north}, Agent{Role: RoleAgent}, false},
		{Agent{Role: RoleBranchAdmin, Scope: north, Disabled: true}, Agent{Role: RoleAgent, Scope: north}, false},
		{Agent{Role: RoleLead, Scope: head}, Agent{Role: RoleAgent, Scope: north}, false},
		{Agent{Role: RoleAuditor, Scope: head}, Agent{Role: RoleAgent, Scope: north}, false},
		{Agent{Role: RoleIntegrator, Scope: head}, Agent{Role: RoleAgent, Scope: north}, false},
	} {
		if got := c.by.Administers(c.of); got != c.want {
			t.Errorf("%s of %v administers %s of %v: %v", c.by.Role, c.by.Scope, c.of.Role, c.of.Scope, got)
		}
	}
}

func TestWhoMayAsMuch(t *testing.T) {
	t.Parallel()
	was := Agent{ID: "li", Role: RoleAgent, Scope: Scope{"head/north"}}
	for _, c := range []struct {
		now  Agent
		same bool
	}{
		{Agent{ID: "li", Name: "renamed", Role: RoleAgent, Scope: Scope{"head/north"}}, true},
		{Agent{ID: "li", Role: RoleAuditor, Scope: Scope{"head/north"}}, false},
		{Agent{ID: "li", Role: RoleAgent, Scope: Scope{"head"}}, false},
		{Agent{ID: "li", Role: RoleAgent, Scope: Scope{"head/north"}, Disabled: true}, false},
	} {
		if got := c.now.MayAsMuchAs(was); got != c.same {
			t.Errorf("%+v: %v", c.now, got)
		}
	}
}
