package signin

import (
	"errors"
	"strings"
	"testing"
)

func TestPasswords(t *testing.T) {
	t.Parallel()
	for password, why := range map[string]string{
		"":                                "too_short",
		"Tr0ub4dor&3":                     "too_short",
		"一二三四五六七八九十百":                     "too_short",
		strings.Repeat("长长的密码", 100):      "too_long",
		"password1234":                    "common",
		"P@ssw0rd2026!":                   "common",
		"123456789012":                    "common",
		"aaaaaaaaaaaaaaaa":                "common",
		"abababababababab":                "common",
		"qwertyuiop123":                   "common",
		"1qaz2wsx3edc":                    "common",
		"woaini19900101":                  "common",
		"Jiebao@2026!!":                   "common",
		"示例银行2026示例银行":                    "common", // the bank's name
		"li.na.20260101":                  "common", // the login name
		"abcdefghijklmnop":                "common",
		"liverpoolchelsea1":               "common", // as many people put two words together
		"Elizabeth19871122":               "common",
		"samantha butterfly":              "common",
		"Bullshit!Trustno1":               "common",
		"zyxwvutsrqpo":                    "common",
		"Passw0rd!Passw0rd!":              "common",
		"123456123456123456":              "common",
		"银行密码银行密码银行密码":                    "common",
		"correcthorsebatterystaple":       "",
		"correct horse battery staple":    "",
		"春眠不觉晓处处闻啼鸟夜来风雨":                  "",
		"k7#mQ2vX9pLw":                    "",
		"wo xihuan he lu cha bu jia tang": "",
	} {
		err := checkPolicy(password, "li.na", "示例银行")
		var weak *WeakError
		switch {
		case why == "" && err != nil:
			t.Errorf("%q: %v", password, err)
		case why != "" && (!errors.As(err, &weak) || weak.Why != why):
			t.Errorf("%q: %v, want %s", password, err, why)
		}
	}
}

func FuzzPolicy(f *testing.F) {
	f.Add("password1234", "li.na")
	f.Add("\xff\xfe", "\xff")
	f.Add("ＡＢＣ　密码ﬁ", "")
	f.Fuzz(func(t *testing.T, password, name string) {
		if len(password) < 2000 {
			_ = checkPolicy(password, name)
		}
	})
}

func BenchmarkPolicy(b *testing.B) {
	password := strings.Repeat("correct horse 7#", 4)
	for b.Loop() {
		_ = checkPolicy(password, "li.na", "示例银行")
	}
}
