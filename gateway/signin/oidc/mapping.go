package oidc

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"jiebao/conversations"
	"jiebao/gateway/signin"
)

// Rule gives a role in branches to whoever has a value in the roles claim.
type Rule struct {
	Value string
	Role  conversations.Role
	Scope conversations.Scope
}

// Mapping makes an agent of the claims of a provider.
type Mapping struct {
	// NameClaim and RolesClaim are where the name and the groups or roles stand:
	// keys, joined by dots for what is nested, like realm_access.roles.
	NameClaim, RolesClaim string
	// Rules are tried in order. The first that fits gives the role; those of the
	// same role add their branches.
	Rules []Rule
}

// longestName is as long as a name may be that is shown, in characters.
const longestName = 40

// Agent is what claims say of somebody; of a claim that stands in several, the
// first counts. Somebody for whom no rule fits is signin.ErrRole.
func (m Mapping) Agent(claims ...json.RawMessage) (conversations.Agent, error) {
	var a conversations.Agent
	var values []string
	for _, raw := range claims {
		var c map[string]any
		if err := json.Unmarshal(raw, &c); err != nil {
			return a, fmt.Errorf("%w: reading claims: they are no object", signin.ErrDenied)
		}
		if a.Name == "" {
			a.Name = m.name(c)
		}
		if values == nil {
			values = texts(claim(c, m.RolesClaim))
		}
	}
	for _, r := range m.Rules {
		if slices.Contains(values, r.Value) && (a.Role == "" || a.Role == r.Role) {
			a.Role = r.Role
			a.Scope = append(a.Scope, r.Scope...)
		}
	}
	if a.Role == "" {
		return conversations.Agent{}, signin.ErrRole
	}
	slices.Sort(a.Scope)
	a.Scope = slices.Compact(a.Scope)
	return a, nil
}

// name is the claim for it or, if there is none, another by which people are
// known.
func (m Mapping) name(c map[string]any) string {
	for _, key := range []string{m.NameClaim, "name", "preferred_username", "email", "sub"} {
		if s, _ := claim(c, key).(string); strings.TrimSpace(s) != "" && key != "" {
			return shown(s)
		}
	}
	return ""
}

// shown is a name on one line, and not longer than pages show.
func shown(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")), " ")
	if utf8.RuneCountInString(s) > longestName {
		s = string([]rune(s)[:longestName-1]) + "…"
	}
	return s
}

// claim finds a claim by its key, or by the keys that lead to it. A key with
// dots may also be one key.
func claim(c map[string]any, key string) any {
	if v, ok := c[key]; ok {
		return v
	}
	head, rest, nested := strings.Cut(key, ".")
	if inner, ok := c[head].(map[string]any); ok && nested {
		return claim(inner, rest)
	}
	return nil
}

// texts are the values of a claim that is a list, or one value. Providers also
// write lists as words with spaces or commas between.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return append(strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == ',' }), v)
	case []any:
		out := []string{}
		for _, x := range v {
			if s, ok := x.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}
