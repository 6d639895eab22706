package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestCommands runs commands that talk over standard streams. Each archive in
// testdata/command holds args (split at blanks), in, out and, where something
// is said there, err; its comment says what it is about. UPDATE_SCRIPTS=1
// writes down what comes out.
func TestCommands(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/command/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no commands: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			out, errs := command(t, strings.Fields(content(archive, "args")), content(archive, "in"))
			got := map[string]string{"out": out, "err": errs}
			for i := range archive.Files {
				f := &archive.Files[i]
				if want, ok := got[f.Name]; ok {
					check(t, name+": "+f.Name, string(f.Data), want)
					f.Data = []byte(want)
					delete(got, f.Name)
				}
			}
			if got["err"] != "" {
				t.Errorf("standard error says %q", got["err"])
			}
			if os.Getenv("UPDATE_SCRIPTS") != "" {
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestChatPlaysTranscripts plays talks that the bot alone plays, too: with the
// whole engine between candidate and bot they go the same way.
func TestChatPlaysTranscripts(t *testing.T) {
	t.Parallel()
	archive, err := txtar.ParseFile("../bot/testdata/chat.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			args := []string{"chat", "-transcript", "-locale", f.Name, "-at", "2026-06-24T09:00", "-offer", "2026-07-06"}
			out, errs := command(t, args, string(f.Data))
			if errs != "" {
				t.Errorf("standard error says %q", errs)
			}
			check(t, f.Name, "-- "+f.Name+" --\n"+string(f.Data), out)
		})
	}
}

func content(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// command runs a command that has to succeed.
func command(t *testing.T, args []string, in string) (out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), args, streams{strings.NewReader(in), &stdout, &stderr}); code != 0 {
		t.Fatalf("%v ended with %d: %s", args, code, &stderr)
	}
	return stdout.String(), stderr.String()
}

// TestAWrongCommandLineSaysWhereToLook: for what the command takes, or for the
// commands.
func TestAWrongCommandLineSaysWhereToLook(t *testing.T) {
	t.Parallel()
	for line, help := range map[string]string{
		"chek": "jiebao --help", "serve --port 1": "jiebao --help", "verify": "jiebao verify --help", "audit verify --expekt 1": "jiebao audit verify --help",
	} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), strings.Fields(line), streams{strings.NewReader(""), &out, &errs}); code != 2 || !strings.HasSuffix(errs.String(), "; see "+help+"\n") {
			t.Errorf("%s: %d %s", line, code, &errs)
		}
	}
}

func check(t *testing.T, what, want, got string) {
	t.Helper()
	if got == want || os.Getenv("UPDATE_SCRIPTS") != "" {
		return
	}
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		if i >= len(w) || i >= len(g) || w[i] != g[i] {
			t.Errorf("%s, line %d\nwant: %q\ngot:  %q", what, i+1, w[i:min(i+2, len(w))], g[i:min(i+2, len(g))])
			return
		}
	}
}

// TestWrongCommandLines end with 2 and say what would be right.
func TestWrongCommandLines(t *testing.T) {
	t.Parallel()
	for line, says := range map[string]string{
		"understand -at noon":     "2026-06-24T14:05",
		"understand -offer 7/6":   "2026-07-06",
		"chat --locale=fr":        "zh-CN",
		"chat -bogus":             "-b",
		"check --config=missing":  "missing",
		"chat --config missing":   "missing",
		"understand unexpected":   "unexpected",
		"chat -transcript=sure 1": "transcript",
	} {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), strings.Fields(line), streams{strings.NewReader(""), &stdout, &stderr})
		if code != 2 || !strings.Contains(stderr.String(), says) {
			t.Errorf("%s ended with %d and %q, want 2 and a word about %s", line, code, &stderr, says)
		}
	}
}

// TestUnderstandNeedsNoConfiguration: it works beside a broken one.
func TestUnderstandNeedsNoConfiguration(t *testing.T) {
	t.Parallel()
	out, _ := command(t, []string{"--config=missing.yaml", "understand"}, "谢谢\n")
	if want := `{"intents":["thanks"],"date":"none"}` + "\n"; out != want {
		t.Errorf("got %q, want %q", out, want)
	}
}
