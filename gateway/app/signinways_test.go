package app

import (
	"slices"
	"testing"

	"jiebao/config"
	"jiebao/conversations"
)

// TestRulesGiveTheRolesThatThereAre: the configuration knows roles by name only.
func TestRulesGiveTheRolesThatThereAre(t *testing.T) {
	t.Parallel()
	var roles []string
	for _, r := range conversations.Roles() {
		roles = append(roles, string(r))
	}
	if got := config.RoleNames(); !slices.Equal(got, roles) {
		t.Errorf("the configuration knows %v, and there are %v", got, roles)
	}
}
