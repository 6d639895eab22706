package conversations

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestCannedRepliesAreFilledInWholly(t *testing.T) {
	t.Parallel()
	values := map[string]string{"name": "张三", "position": "柜员"}
	value := func(name string) string { return values[name] }
	c := Canned{Name: "问候", Text: "{name}您好，{position}岗位见。{name}，{ 不是变量 }"}
	if got, err := c.Fill(value); err != nil || got != "张三您好，柜员岗位见。张三，{ 不是变量 }" {
		t.Errorf("%q, %v", got, err)
	}
	c.Text = "请在{reply_by}前到{workplace}，{reply_by}截止"
	var empty *EmptyError
	if got, err := c.Fill(value); got != "" || !errors.As(err, &empty) || !slices.Equal(empty.Variables, []string{"reply_by", "workplace"}) {
		t.Errorf("%q, %v", got, err)
	}
	// Values are not read again.
	values["name"] = "{position}"
	if got, _ := (Canned{Text: "{name}"}).Fill(value); got != "{position}" {
		t.Errorf("%q", got)
	}
}

func TestCheckingCannedReplies(t *testing.T) {
	t.Parallel()
	good := Canned{Name: "问候", Text: "{name}您好", Branch: "head"}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Canned){
		"no name":             func(c *Canned) { c.Name = " " },
		"a long name":         func(c *Canned) { c.Name = strings.Repeat("长", 41) },
		"a name of lines":     func(c *Canned) { c.Name = "a\nb" },
		"no text":             func(c *Canned) { c.Text = "" },
		"a long text":         func(c *Canned) { c.Text = strings.Repeat("长", 1001) },
		"an unknown variable": func(c *Canned) { c.Text = "{salary}" },
		"a branch":            func(c *Canned) { c.Branch = "/x" },
	} {
		c := good
		change(&c)
		var invalid *InvalidError
		if err := c.Check(); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := (Canned{Text: "{a}{name}{a}{b}"}).Unknown(); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("unknown are %v", got)
	}
}

func FuzzFill(f *testing.F) {
	for _, s := range []string{"{name}", "{{name}}", "{}", "{name", "}{", "{na me}", "\x00{name}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Canned{Text: text}.Fill(func(string) string { return "v" })
		if err != nil || len(got) > len(text) {
			t.Errorf("%q became %q, %v", text, got, err)
		}
	})
}
