package audit

import (
	"context"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
)

// shelf has links to be exported.
type shelf []Link

func (s shelf) AuditLinks(_ context.Context, after, upto int64, limit int) ([]Link, error) {
	return s[after:min(upto, after+int64(limit))], nil
}

func (s shelf) AuditSpan(context.Context, time.Time, time.Time) (Mark, int64, error) {
	return s[0].Mark, int64(len(s)), nil
}

func exported(t *testing.T, s conversations.Scope) (string, Keys) {
	t.Helper()
	keys, err := NewKeys(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	n, err := Export{Links: shelf(chain(t, 5)), Keys: keys, Scope: s, By: "li.na", Now: noon, From: noon, To: noon.Add(time.Hour)}.Write(t.Context(), &b)
	if err != nil || n != 4 {
		t.Fatalf("exported %d: %v", n, err)
	}
	return b.String(), keys
}

// An export is good as it was written, with what the reader may not see left
// out, and with any byte changed it is not.
func TestExport(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scope  conversations.Scope
		hidden int
	}{{conversations.Scope{"head"}, 0}, {conversations.Scope{"head/tianjin"}, 4}} {
		text, keys := exported(t, c.scope)
		is, err := VerifyExport(strings.NewReader(text), keys)
		if err != nil || is.Entries != 4 || is.Hidden != c.hidden || is.After.N != 1 || is.Upto.N != 5 || is.By != "li.na" || !is.From.Equal(noon) {
			t.Fatalf("%+v, %v", is, err)
		}
		if strings.Contains(text, "approved") != (c.hidden == 0) {
			t.Errorf("what %v sees is %s", c.scope, text)
		}
		for i := range text {
			if text[i] == '\n' {
				continue
			}
			changed := text[:i] + string(text[i]^1) + text[i+1:]
			if _, err := VerifyExport(strings.NewReader(changed), keys); err == nil {
				t.Fatalf("with byte %d changed it passes: %s", i, changed)
			}
		}
	}
}

func TestExportIsWhole(t *testing.T) {
	t.Parallel()
	text, keys := exported(t, conversations.Everything)
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	other, _ := NewKeys(append(make([]byte, 31), 1))
	for name, wrong := range map[string]string{
		"nothing":    "",
		"cut off":    strings.Join(lines[:5], ""),
		"line less":  strings.Join(append(append([]string{}, lines[:2]...), lines[3:]...), ""),
		"end sooner": lines[0] + lines[1] + lines[5],
		"line more":  text + lines[1],
		"no head":    strings.Join(lines[1:], ""),
	} {
		if _, err := VerifyExport(strings.NewReader(wrong), keys); err == nil {
			t.Errorf("%s: it passes", name)
		}
	}
	if _, err := VerifyExport(strings.NewReader(text), other); err == nil {
		t.Error("with another key it passes")
	}
}

func FuzzVerifyExport(f *testing.F) {
	keys, _ := NewKeys(make([]byte, 32))
	var b strings.Builder
	links, _ := (Mark{}).After(entry().Text(), entry().Text())
	_, _ = Export{Links: shelf(links), Keys: keys, Scope: conversations.Everything, Now: noon}.Write(context.Background(), &b)
	f.Add(b.String())
	f.Add(`{"after":"0:` + Hash{}.String() + `","format":"jiebao.audit/1"}`)
	f.Fuzz(func(t *testing.T, text string) {
		is, err := VerifyExport(strings.NewReader(text), keys)
		if err == nil && strings.TrimSpace(text) != strings.TrimSpace(b.String()) {
			t.Errorf("%+v passes: %q", is, text)
		}
	})
}

func TestParseMark(t *testing.T) {
	t.Parallel()
	m := chain(t, 3)[2].Mark
	if got, err := ParseMark(m.String()); err != nil || got != m {
		t.Errorf("%v, %v", got, err)
	}
	for _, wrong := range []string{"", "3", "3:", "-3:" + m.Hash.String(), "03:" + m.Hash.String(), "3:" + strings.ToUpper(m.Hash.String())} {
		if _, err := ParseMark(wrong); err == nil {
			t.Errorf("%q is a mark", wrong)
		}
	}
}
