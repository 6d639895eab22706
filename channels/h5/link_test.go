package h5

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"
)

var (
	noon   = time.Date(2026, 6, 24, 12, 0, 0, 0, time.UTC)
	secret = []byte(strings.Repeat("s", 32))
)

func newLinks(t testing.TB, secret []byte, base string) *Links {
	t.Helper()
	l, err := NewLinks(secret, base, 7*24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func tokenOf(t testing.TB, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(u.Path, Path)
}

func TestLinksSayWhatTheyMean(t *testing.T) {
	t.Parallel()
	l := newLinks(t, secret, "https://jiebao.example.com/")
	for _, item := range []string{"", "id_card", "学历"} {
		address := l.Upload("d4ynsranzryu64p6", item, noon)
		if !strings.HasPrefix(address, "https://jiebao.example.com/c/") || len(address) > 100 {
			t.Errorf("the address is %q", address)
		}
		link, err := l.Parse(tokenOf(t, address))
		if err != nil || link.Conversation != "d4ynsranzryu64p6" || link.Item != item || !link.Files {
			t.Errorf("%q is read as %+v, %v", item, link, err)
		}
		if link.Expired(noon.Add(7*24*time.Hour-time.Second)) || !link.Expired(noon.Add(8*24*time.Hour)) {
			t.Errorf("it expires at %s", link.Expires)
		}
		if again := l.Upload("d4ynsranzryu64p6", item, noon.Add(time.Hour)); again != address {
			t.Error("two links of one day differ")
		}
	}
	long, err := l.Parse(tokenOf(t, l.Upload("c1", strings.Repeat("x", 65), noon)))
	if err != nil || long.Item != "" {
		t.Errorf("an item with a long id: %+v, %v", long, err)
	}
}

func TestForgedLinks(t *testing.T) {
	t.Parallel()
	l := newLinks(t, secret, "https://bank")
	good := tokenOf(t, l.Upload("c1", "id", noon))
	foreign := tokenOf(t, newLinks(t, []byte(strings.Repeat("x", 32)), "https://bank").Upload("c1", "id", noon))
	other := tokenOf(t, l.Upload("c2", "id", noon))
	short := tokenOf(t, l.Page("d4ynsranzryu64p6", noon))
	cut := len(good) - macText
	forged := []string{"", "x", foreign, good[:len(good)-1], good + "A", other[:cut] + good[cut:], strings.Repeat("A", 10_000), good[:cut] + strings.Repeat("A", macText)}
	for _, token := range []string{good, short} {
		for i := range token { // any one character
			c := byte('A')
			if token[i] == 'A' {
				c = 'B'
			}
			forged = append(forged, token[:i]+string(c)+token[i+1:])
		}
	}
	for _, token := range forged {
		if link, err := l.Parse(token); !errors.Is(err, ErrForged) {
			t.Errorf("%q is read as %+v, %v", token, link, err)
		}
	}
}

func TestShortTokens(t *testing.T) {
	t.Parallel()
	l := newLinks(t, secret, "https://jiebao.example.com/")
	for id, short := range map[string]bool{
		"d4ynsranzryu64p6": true, "aaaaaaaaaaaaaaaa": true, "7777777777777777": true,
		"c1": false, "D4YNSRANZRYU64P6": false, "d4ynsranzryu64p": false, "d4ynsranzryu64p1": false, "d4ynsranzryu64p6d4ynsran": false, "": false,
	} {
		token := l.Token(id, noon)
		if (len(token) <= 32) != short && id != "c1" && id != "" {
			t.Errorf("%q has a token of %d characters", id, len(token))
		}
		link, err := l.Parse(token)
		if want := (Link{Conversation: id, Expires: noon.Add(8 * 24 * time.Hour).Truncate(24 * time.Hour)}); err != nil || link != want {
			t.Errorf("%q is read as %+v, %v", id, link, err)
		}
		if page := l.Page(id, noon.Add(time.Hour)); page != "https://jiebao.example.com/c/"+token {
			t.Errorf("the page is at %q, the token %q", page, token)
		}
	}
}

func TestPassesBelongToOneCandidateAndEnd(t *testing.T) {
	t.Parallel()
	l := newLinks(t, secret, "https://bank")
	pass := l.pass("one", noon.Add(passLife))
	at, mac, _ := strings.Cut(pass, ".")
	later, _, _ := strings.Cut(l.pass("one", noon.Add(24*time.Hour)), ".")
	for name, tt := range map[string]struct {
		conversation, pass string
		now                time.Time
		want               bool
	}{
		"in time":           {"one", pass, noon.Add(passLife - time.Second), true},
		"over":              {"one", pass, noon.Add(passLife), false},
		"another candidate": {"two", pass, noon, false},
		"longer by pen":     {"one", later + "." + mac, noon, false},
		"no signature":      {"one", at + ".", noon, false},
		"nothing":           {"one", "", noon, false},
		"a link's":          {"one", at + "." + l.sign("link", "one\x00"+at), noon, false},
	} {
		if got := l.admits(tt.conversation, tt.pass, tt.now); got.IsZero() == tt.want {
			t.Errorf("%s: admitted until %s", name, got)
		}
	}
}

func TestSealedValues(t *testing.T) {
	t.Parallel()
	l := newLinks(t, secret, "https://bank")
	sealed := l.seal("answer", "c1", "stance")
	if value, err := l.unseal("answer", "c1", sealed); err != nil || value != "stance" {
		t.Errorf("it is read as %q, %v", value, err)
	}
	for _, forged := range []string{"", "stance", "stance.", "." + sealed, l.seal("answer", "c2", "stance"), l.seal("say", "c1", "stance"), "x" + sealed} {
		if value, err := l.unseal("answer", "c1", forged); !errors.Is(err, ErrForged) {
			t.Errorf("%q is read as %q", forged, value)
		}
	}
}

func TestLinksNeedAnAddressAndASecret(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func() (*Links, error){
		"no address":   func() (*Links, error) { return NewLinks(secret, "", 24*time.Hour) },
		"short secret": func() (*Links, error) { return NewLinks(secret[:31], "https://bank", 24*time.Hour) },
		"no life":      func() (*Links, error) { return NewLinks(secret, "https://bank", 0) },
	} {
		if _, err := make(); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// FuzzParse: nothing but what was signed here is read, and nothing panics.
func FuzzParse(f *testing.F) {
	l := newLinks(f, secret, "https://bank")
	f.Add(tokenOf(f, l.Upload("c1", "id", noon)), []byte{1, 80, 156, 2, 'c', '1'})
	f.Add(tokenOf(f, l.Page("d4ynsranzryu64p6", noon)), []byte{3, 80, 156, 2, 'c', '1'})
	f.Add("", []byte{})
	f.Fuzz(func(t *testing.T, token string, said []byte) {
		if link, err := l.Parse(token); err == nil && l.token(link) != token {
			t.Errorf("%q is read as %+v, which is written %q", token, link, l.token(link))
		}
		text := encoding.EncodeToString(said) // signed, and still not believed blindly
		if link, err := l.Parse(text + l.sign("link", text)); err == nil && len(link.Conversation)+len(link.Item)+4 != len(said) {
			t.Errorf("%x is read as %+v", said, link)
		}
		if short := encoding.EncodeToString(append(said, l.mac("short", said)...)); len(short) == shortLen {
			if link, err := l.Parse(short); err == nil && l.token(link) != short {
				t.Errorf("%x is read as %+v", said, link)
			}
		}
	})
}

func TestLinksOfAFormerSecretAreHonoured(t *testing.T) {
	t.Parallel()
	first, second := []byte(strings.Repeat("1", 32)), []byte(strings.Repeat("2", 32))
	const base = "https://jiebao.example.com"
	old, both, new := newLinks(t, first, base), newLinks(t, second, base), newLinks(t, second, base)
	both.Honour(first)
	for _, address := range []string{old.Page("cnv_1", noon), old.Page("abcdefghijklmnop", noon), old.Upload("cnv_1", "diploma", noon)} {
		_, token, _ := strings.Cut(address, Path)
		if _, err := both.Parse(token); err != nil {
			t.Errorf("%s with both secrets: %v", address, err)
		}
		if _, err := new.Parse(token); !errors.Is(err, ErrForged) {
			t.Errorf("%s with the new secret alone: %v", address, err)
		}
	}
	if _, err := both.ParseCode(old.Code("x", noon)); err != nil {
		t.Errorf("a code of the former secret: %v", err)
	}
	if both.Page("cnv_1", noon) != new.Page("cnv_1", noon) {
		t.Error("new links are not signed with the new secret")
	}
}
