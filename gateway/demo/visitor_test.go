package demo

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// newCandidatePage is a page with a door that 0002 opens, and a button behind it.
func newCandidatePage(t *testing.T) (link string, answered *[]string) {
	t.Helper()
	answered = &[]string{}
	m := http.NewServeMux()
	m.HandleFunc("GET /c/{token}", func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie("pass"); err != nil {
			fmt.Fprint(w, `<form method="post" action="/c/secret"><input name="digits"><button>ok</button></form>`)
			return
		}
		fmt.Fprint(w, `<form method="post" action="/c/secret/answer"><input type="hidden" name="shown" value="a&amp;b"><button class="x" name="choice" value="decline">no</button></form>`+
			`<form method="post" action="/c/secret/answer" id="confirm"><input type="hidden" name="shown" value="c&#43;d"><button class="x" name="choice" value="confirm:2026-07-13">yes</button></form>`)
	})
	m.HandleFunc("POST /c/{token}", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("digits") == "0002" {
			http.SetCookie(w, &http.Cookie{Name: "pass", Value: "1", Path: "/"})
		}
		http.Redirect(w, r, "/c/secret", http.StatusSeeOther)
	})
	m.HandleFunc("POST /c/{token}/answer", func(w http.ResponseWriter, r *http.Request) {
		*answered = append(*answered, r.FormValue("choice")+" "+r.FormValue("shown"))
		http.Redirect(w, r, "/c/secret", http.StatusSeeOther)
	})
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	return server.URL + "/c/secret", answered
}

func TestVisitorPressesButtons(t *testing.T) {
	t.Parallel()
	link, answered := newCandidatePage(t)
	v := newVisitor()
	if err := v.open(t.Context(), link, "+86 139 0001 0002"); err != nil {
		t.Fatal(err)
	}
	if err := v.press(t.Context(), "confirm:"); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(*answered, ","); got != "confirm:2026-07-13 c+d" {
		t.Errorf("the page was told %q", got)
	}
	if err := v.press(t.Context(), "human"); err == nil {
		t.Error("a button that is not there was pressed")
	}
}

// TestVisitorsErrorsNameNoLink: whoever has the link is at the candidate's door.
func TestVisitorsErrorsNameNoLink(t *testing.T) {
	t.Parallel()
	link, _ := newCandidatePage(t)
	for _, bad := range []string{link + "/gone", strings.Replace(link, "127.0.0.1", "127.0.0.1.invalid", 1), "http://[secret", "secret:/\x7f"} {
		if err := newVisitor().open(t.Context(), bad, "13900010002"); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("opening a link that leads nowhere: %v", err)
		}
	}
	wrong := newVisitor()
	if err := wrong.open(t.Context(), link, "13900010001"); err != nil {
		t.Fatal(err)
	}
	if err := wrong.press(t.Context(), "confirm:"); err == nil {
		t.Error("a stranger got in")
	}
}
