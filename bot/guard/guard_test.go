package guard

import (
	"slices"
	"strings"
	"testing"
)

func TestWordsCanBeRead(t *testing.T) {
	t.Parallel()
	l, err := parse(words)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"subject", "promise", "outright", "not", "money", "forbidden", "asking"} {
		if len(l[name]) == 0 {
			t.Errorf("there are no words for %s", name)
		}
	}
	for _, entries := range l {
		for _, e := range entries {
			for _, w := range e.words {
				if w != strings.ToLower(w) {
					t.Errorf("%q is not in lower case and is never found", w)
				}
			}
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want []string // kind and topic
	}{
		{"您一定可以转正。", []string{"promises employment"}},
		{"我們保證每年加薪，花紅豐厚", []string{"promises pay"}},
		{"我们可以解决户口", []string{"promises visa"}},
		{"月薪12000元起", []string{"promises pay"}},
		{"We guarantee your visa.", []string{"promises visa"}},
		{"You will definitely be promoted within a year.", []string{"promises employment"}},
		{"请问您结婚了吗？", []string{"asks marriage"}},
		{"請問您的血型是甚麼", []string{"asks blood"}},
		{"Do you have children?", []string{"asks children"}},
		{"请提供无犯罪记录证明", []string{"asks record"}},
		{"Please tell us your religion and hometown.", []string{"asks religion", "asks origin"}},

		{"我们不能保证转正，以合同为准。", nil},
		{"能否转正要看考核。", nil},
		{"We cannot guarantee a visa.", nil},
		{"薪酬以录用通知书为准，如有疑问请联系人事。", nil},
		{"婚假和产假按国家规定执行。", nil},
		{"请于7月6日带身份证到朝阳支行报到。", nil},
		{"您能在2026年7月6日入职吗？", nil},
		{"Please pay attention to the dress code.", nil},
		{"", nil},
	} {
		var got []string
		for _, f := range Check(c.text) {
			got = append(got, string(f.Kind)+" "+f.Topic)
			if f.Word == "" || !strings.Contains(c.text, f.Text) {
				t.Errorf("%q: finding %+v does not say where", c.text, f)
			}
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(slices.Compact(got), c.want) {
			t.Errorf("%q: %v, want %v", c.text, got, c.want)
		}
	}
}

// A promise after a taken back one is still found.
func TestMixed(t *testing.T) {
	t.Parallel()
	if f := Check("奖金不能保证，但一定能转正"); !slices.ContainsFunc(f, func(f Finding) bool { return f.Topic == "employment" }) {
		t.Errorf("found %+v", f)
	}
}
