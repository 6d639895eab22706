package channeltest

import (
	"testing"

	"jiebao/channels"
	"jiebao/conversations"
)

func testDescribe(t *testing.T, b *bench) {
	d := b.Adapter.Describe()
	page := d.Medium == conversations.Page // which is of all branches
	if d.Platform == "" || d.Account == "" || d.Name == "" || (d.Branch == "") != page || !page && !conversations.ValidBranch(d.Branch) {
		t.Errorf("nobody can tell the account from %+v", d)
	}
	if d.Account != b.To.Account {
		t.Errorf("the account calls itself %q and its candidates' %q", d.Account, b.To.Account)
	}
	if d.MaxRunes < 0 || d.Choices < 0 || d.PerMinute < 0 || d.PerRecipient < 0 {
		t.Errorf("limits of %+v", d)
	}
	if d.Medium == "" || d.Free && b.TemplatesOnly || b.TemplatesOnly && !d.Templates {
		t.Errorf("what it can send is not told by %+v", d)
	}
	if b.Adapter.Describe() != d {
		t.Error("the description changes")
	}
	if _, ok := b.Adapter.(channels.Inviter); ok != d.Invites {
		t.Errorf("Invites is %t and Invite exists: %t", d.Invites, ok)
	}
	testDeclared(t, b.Platform, d)
}

// testDeclared holds what a platform says it can do against what its adapter
// says, so that none is left out of the tests by what was not filled in.
func testDeclared(t *testing.T, p Platform, d conversations.Description) {
	writes := d.Medium == conversations.Chat || d.Medium == conversations.SMS || d.Medium == conversations.Page
	for _, c := range []struct {
		what             string
		declared, wanted bool
	}{
		{"candidates write back (Say)", p.Say != nil, writes},
		{"what they write comes again (SayAgain)", p.SayAgain != nil, writes},
		{"they tap choices (Tap)", p.Tap != nil, writes && d.Choices > 0},
		{"messages ride in answers (Rides)", p.Rides, d.Medium == conversations.Chat && !d.Apart},
		{"no platform stands between (Door)", p.Door != nil, d.Medium == conversations.Page},
		{"it keeps words off the lock screen (Discreet)", p.Discreet, d.Medium == conversations.Push},
		{"it takes templates (Template)", p.Template != nil, p.Template != nil || d.Templates || d.OnceTemplates},
		{"it knows templates again (OnceTemplates)", p.OnceTemplates, d.OnceTemplates},
		{"it knows texts again (OnceTexts)", p.OnceTexts, d.OnceTexts},
		{"it takes no texts (TemplatesOnly)", p.TemplatesOnly, p.TemplatesOnly && !d.OnceTexts && d.MaxRunes == 0},
		{"receipts arrive (Receipts)", p.Receipts != nil, d.Receipts},
		{"it fails (Fail)", len(p.Fail) > 0, p.Door == nil},
		{"it refuses (Refuse)", len(p.Refuse) > 0, p.Door == nil},
		{"it stalls (Stall)", p.Stall != nil, p.Door == nil},
	} {
		if c.declared != c.wanted {
			t.Errorf("%s: %t, and it should be %t by %+v", c.what, c.declared, c.wanted, d)
		}
	}
}
