package audit

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
)

var noon = time.Date(2026, 6, 24, 12, 0, 0, 0, time.UTC)

func entry() Entry {
	return Entry{
		ID: "x1", At: noon, Actor: "li.na", Role: "lead", Action: RequestDecided, Subject: Conversation("c1"), Branch: "head/beijing",
		Detail: Detail{"verdict": "approved", "date": "", "b": "第\"1\"\u2028<\n\x01>"},
	}
}

// The text is the canonical form of RFC 8785: sorted, nothing escaped that need
// not be, and so the same in every language that follows it.
func TestText(t *testing.T) {
	t.Parallel()
	want := `{"action":"request.decided","actor":"li.na","at":1782302400000,"branch":"head/beijing",` +
		`"detail":{"b":"第\"1\"` + "\u2028" + `<\n\u0001>","verdict":"approved"},"id":"x1","role":"lead","subject":"conversation/c1"}`
	got := entry().Text()
	if got != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
	if !json.Valid([]byte(got)) {
		t.Error("it is no JSON")
	}
	e, err := ParseEntry(got)
	if err != nil || e.Text() != got || !e.At.Equal(noon) || e.Detail["verdict"] != "approved" {
		t.Errorf("read again it is %+v, %v", e, err)
	}
}

func TestParseEntryRefuses(t *testing.T) {
	t.Parallel()
	text := entry().Text()
	for _, wrong := range []string{
		"", "{}x", " " + text, strings.Replace(text, `"at":`, `"at": `, 1), strings.Replace(text, `"id":`, `"extra":"1","id":`, 1),
		strings.Replace(text, "<", `\u003c`, 1), strings.Replace(text, `"actor":"li.na",`, `"actor":"li.na","actor":"li.na",`, 1),
	} {
		if _, err := ParseEntry(wrong); !errors.Is(err, ErrEntry) {
			t.Errorf("%s was read: %v", wrong, err)
		}
	}
}

func FuzzParseEntry(f *testing.F) {
	f.Add(entry().Text())
	f.Add(`{"action":"x","at":1}`)
	f.Add(`{"detail":{"a":"\ud800"}}`)
	f.Fuzz(func(t *testing.T, text string) {
		e, err := ParseEntry(text)
		if err == nil && e.Text() != text {
			t.Errorf("%q became %q", text, e.Text())
		}
	})
}

func chain(t *testing.T, n int) []Link {
	t.Helper()
	var texts []string
	for i := range n {
		e := entry()
		e.ID = string(rune('a' + i))
		texts = append(texts, e.Text())
	}
	links, last := (Mark{}).After(texts...)
	if last.N != int64(n) || links[n-1].Mark != last {
		t.Fatalf("the chain of %d ends at %s", n, last)
	}
	return links
}

// follow returns what is wrong with links that are to end with the head.
func follow(links []Link, from Mark, head Head) *Break {
	v := Verifier{At: from}
	var b *Break
	for _, l := range links {
		if errors.As(v.Add(l), &b) {
			return b
		}
	}
	errors.As(v.Ends(head), &b)
	return b
}

// Whatever is done to a chain is seen, at the entry that it was done to.
func TestBreaks(t *testing.T) {
	t.Parallel()
	keys, err := NewKeys(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	good := chain(t, 5)
	head := keys.Sign(Mark{}, good[4].Mark, noon)
	forged := entry()
	forged.Actor = "wang"
	for _, c := range []struct {
		name string
		do   func([]Link) []Link
		want *Break
	}{
		{"nothing", func(l []Link) []Link { return l }, nil},
		{"not to be read", func(l []Link) []Link { l[2].Text = ""; return l }, nil},
		{"changed", func(l []Link) []Link { l[2].Text = forged.Text(); return l }, &Break{3, FlawHash}},
		{"changed with its hash", func(l []Link) []Link {
			l[2].Text = forged.Text()
			l[2].Hash = l[1].Hash.Next(Digest(l[2].Text))
			return l
		}, &Break{4, FlawHash}},
		{"left out", func(l []Link) []Link { return slices.Delete(l, 2, 3) }, &Break{4, FlawGap}},
		{"swapped", func(l []Link) []Link { l[2].Text, l[3].Text = l[3].Text, l[2].Text; return l }, &Break{3, FlawHash}},
		{"cut off", func(l []Link) []Link { return l[:4] }, &Break{5, FlawEnd}},
		{"written anew", func(l []Link) []Link {
			l, _ = (Mark{}).After(l[0].Text, l[1].Text, forged.Text(), l[3].Text, l[4].Text)
			return l
		}, &Break{5, FlawHead}},
		{"no entry", func([]Link) []Link { l, _ := (Mark{}).After("{}", "[]"); return l }, &Break{1, FlawEntry}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := follow(c.do(slices.Clone(good)), Mark{}, head)
			if (got == nil) != (c.want == nil) || got != nil && *got != *c.want {
				t.Errorf("found %v, want %v", got, c.want)
			}
		})
	}
	if got := follow(slices.Clone(good)[2:], good[1].Mark, head); got != nil {
		t.Errorf("from the third entry on: %v", got)
	}
}

// A head is good only as it was signed, and with the program's key.
func TestSignature(t *testing.T) {
	t.Parallel()
	old, now := make([]byte, 32), append(make([]byte, 31), 1)
	keys, _ := NewKeys(now, old)
	former, _ := NewKeys(old)
	other, _ := NewKeys(append(make([]byte, 31), 2))
	links := chain(t, 3)
	h := keys.Sign(links[0].Mark, links[2].Mark, noon)
	public, err := ReadKeys(keys.PEM())
	if err != nil {
		t.Fatal(err)
	}
	if !keys.Signed(h) || !public.Signed(h) || !keys.Signed(former.Sign(Mark{}, links[2].Mark, noon)) {
		t.Error("a good signature does not hold")
	}
	if other.Signed(h) || former.Signed(h) {
		t.Error("a stranger's signature holds")
	}
	for _, change := range []func(*Head){
		func(h *Head) { h.Anchor = Mark{} }, func(h *Head) { h.Last = links[1].Mark }, func(h *Head) { h.At = h.At.Add(time.Second) },
		func(h *Head) { h.Signature = nil },
	} {
		forged := h
		if change(&forged); keys.Signed(forged) {
			t.Errorf("%v passes for signed", forged)
		}
	}
	for _, wrong := range []string{"", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"} {
		if _, err := ReadKeys([]byte(wrong)); err == nil {
			t.Errorf("%q was read", wrong)
		}
	}
}

func TestBranchOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scope conversations.Scope
		want  string
	}{
		{nil, ""}, {conversations.Scope{"head"}, "head"}, {conversations.Scope{"head/bj/cy", "head/bj/hd"}, "head/bj"},
		{conversations.Scope{"head/bj", "head/tj"}, "head"}, {conversations.Scope{"a", "b"}, ""}, {conversations.Scope{"head/bj", "head/bj/cy"}, "head/bj"},
	} {
		if got := BranchOf(c.scope); got != c.want {
			t.Errorf("%v concerns %q, want %q", c.scope, got, c.want)
		}
	}
}

// Every command is in the log, or is said not to be.
func TestEveryCommandHasAnAction(t *testing.T) {
	t.Parallel()
	files := token.NewFileSet()
	paths, err := filepath.Glob("../*.go")
	if err != nil {
		t.Fatal(err)
	}
	commands := 0
	known := cases(t, files)
	for _, path := range paths {
		f, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Name.Name != "command" || fn.Recv == nil {
				continue
			}
			commands++
			if name := fn.Recv.List[0].Type.(*ast.Ident).Name; !slices.Contains(known, name) {
				t.Errorf("OfTurn does not say what a conversations.%s is in the audit log", name)
			}
		}
	}
	if commands < 20 {
		t.Errorf("found only %d commands", commands)
	}
}

// cases are the commands that OfTurn tells apart.
func cases(t *testing.T, files *token.FileSet) (names []string) {
	t.Helper()
	f, err := parser.ParseFile(files, "turn.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if c, ok := n.(*ast.CaseClause); ok {
			for _, x := range c.List {
				if s, ok := x.(*ast.SelectorExpr); ok {
					names = append(names, s.Sel.Name)
				}
			}
		}
		return true
	})
	return names
}

// What a command says of its giver counts, and the rest is known of the
// context.
func TestOfTurn(t *testing.T) {
	t.Parallel()
	ch := &conversations.Changes{Conversation: conversations.Conversation{ID: "c1", Branch: "head"}}
	ctx := As(t.Context(), Actor{ID: "li.na", Role: "lead"})
	e := OfTurn(ctx, conversations.Release{Agent: "li.na"}, ch)
	if e == nil || e.Actor != "li.na" || e.Role != "lead" || e.Subject != "conversation/c1" || e.Branch != "head" || e.Action != ConversationBack {
		t.Errorf("handing back is %+v", e)
	}
	if e := OfTurn(ctx, conversations.Release{Agent: "wang"}, ch); e.Actor != "wang" || e.Role != "" {
		t.Errorf("somebody else's is %+v", e)
	}
	posted := OfTurn(As(t.Context(), System("ehr")), conversations.Notify{Result: conversations.Result{ID: "R1"}}, ch)
	if posted.Actor != "api:ehr" || posted.Role != RoleSystem || posted.Detail["result"] != "R1" {
		t.Errorf("a result is %+v", posted)
	}
	reply := conversations.Reply{Agent: "li.na", Text: "谢谢"}
	ch.Messages = []conversations.Message{{ID: "c1-5", Author: conversations.ByAgent("li.na"), Text: "谢谢"}}
	said := OfTurn(ctx, reply, ch)
	if said.Detail["message"] != "c1-5" || strings.Contains(said.Text(), "谢谢") {
		t.Errorf("words are %s", said.Text())
	}
	if e := OfTurn(ctx, conversations.Receive{}, ch); e != nil {
		t.Errorf("a candidate's words are %+v", e)
	}
}

func TestActionsAreListedOnce(t *testing.T) {
	t.Parallel()
	all := Actions()
	slices.Sort(all)
	if len(slices.Compact(all)) != len(actions) {
		t.Error("an action is listed twice")
	}
	listed := map[string]bool{}
	for _, a := range all {
		listed[string(a)] = true
	}
	f, err := parser.ParseFile(token.NewFileSet(), "action.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if v, ok := n.(*ast.BasicLit); ok && v.Kind == token.STRING && strings.Contains(v.Value, ".") && !listed[strings.Trim(v.Value, `"`)] {
			t.Errorf("the action %s is not listed", v.Value)
		}
		return true
	})
}
