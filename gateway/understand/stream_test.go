package understand

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"jiebao/bot/nlu"
)

var noon = time.Date(2026, time.June, 24, 12, 0, 0, 0, time.UTC)

// echo reads a line's length from it, so that each answer tells its line.
type echo struct{}

func (echo) Understand(in nlu.Input) nlu.Reading {
	d := nlu.DateOf(in.Now).AddDays(len(in.Text))
	return nlu.Reading{Intents: []nlu.Intent{nlu.Greeting}, Date: nlu.DateExpr{Kind: nlu.From, From: d}}
}

func options(u Understander) Options {
	return Options{Understander: u, Now: func() time.Time { return noon }, Workers: 4}
}

// answers streams in and returns the lines of the answer.
func answers(t *testing.T, o Options, in io.Reader) []string {
	t.Helper()
	var out bytes.Buffer
	if err := Stream(t.Context(), o, in, &out); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
}

func TestOrder(t *testing.T) {
	t.Parallel()
	const lines = 5000
	var in strings.Builder
	for i := range lines {
		in.WriteString(strings.Repeat("x", 1+i%300) + "\n")
	}
	got := answers(t, options(echo{}), strings.NewReader(in.String()))
	if len(got) != lines {
		t.Fatalf("%d answers to %d lines", len(got), lines)
	}
	for i, line := range got {
		want := `{"intents":["greeting"],"date":">=` + nlu.DateOf(noon).AddDays(1+i%300).String() + `"}`
		if line != want {
			t.Fatalf("line %d: %s, want %s", i+1, line, want)
		}
	}
}

// TestPause: a line is answered before the next one comes.
func TestPause(t *testing.T) {
	t.Parallel()
	in, typed := io.Pipe()
	read, out := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- Stream(t.Context(), options(echo{}), in, out) }()
	seen := bufio.NewScanner(read)
	for i := range 3 {
		if _, err := fmt.Fprintln(typed, strings.Repeat("x", i+1)); err != nil {
			t.Fatal(err)
		}
		want := nlu.DateOf(noon).AddDays(i + 1).String()
		if !seen.Scan() || !strings.Contains(seen.Text(), want) {
			t.Fatalf("after line %d: %q, want %s", i+1, seen.Text(), want)
		}
	}
	typed.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestLongLines(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", MaxLine)
	for name, in := range map[string]string{
		"in the middle": long + "\n" + long + "x\r\n" + long + "x\n" + strings.Repeat(long, 5) + "\nend\n",
		"at the end":    long + "\r\n" + long + "xx\n\n" + long + "xxx\nend\n" + strings.Repeat(long, 3),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var kinds []string
			for _, line := range answers(t, options(echo{}), strings.NewReader(in)) {
				kind, _, _ := strings.Cut(line, ":")
				if strings.Contains(line, "longer than") {
					kind = "long " + strings.Fields(line)[1]
				}
				kinds = append(kinds, kind)
			}
			want := map[string]string{
				"in the middle": `{"intents" long 2: long 3: long 4: {"intents"`,
				"at the end":    `{"intents" long 2: long 4: {"intents" long 6:`,
			}[name]
			if got := strings.Join(kinds, " "); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// TestLineEnds: Windows' ends, a byte order mark and a last line without an
// end are no part of what is said.
func TestLineEnds(t *testing.T) {
	t.Parallel()
	got := answers(t, options(echo{}), strings.NewReader("\ufeff{\"text\":\"x\"}\r\n \t\r\n\nxx\r\nxxx"))
	if len(got) != 3 {
		t.Fatalf("%d answers: %q", len(got), got)
	}
	for i, line := range got {
		if want := nlu.DateOf(noon).AddDays(i + 1).String(); !strings.Contains(line, want) {
			t.Errorf("answer %d is %s, want %s", i+1, line, want)
		}
	}
}

// TestTodayIsInShanghai, whatever zone a line names.
func TestTodayIsInShanghai(t *testing.T) {
	t.Parallel()
	for now, want := range map[string]string{
		"2026-06-24T15:59:59Z":      "2026-06-24",
		"2026-06-24T16:00:00Z":      "2026-06-25",
		"2026-06-24T23:59:59+08:00": "2026-06-24",
		"2026-06-24T23:59":          "2026-06-24",
		"2026-06-24T23:59:59":       "2026-06-24",
		"2026-06-24":                "2026-06-24",
	} {
		got := answers(t, options(echo{}), strings.NewReader(`{"text":"","now":"`+now+`"}`))
		if !strings.Contains(got[0], want) {
			t.Errorf("at %s: %s, want %s", now, got[0], want)
		}
	}
}

// TestErrorsKeepWords: what is wrong with a line is told without its words.
func TestErrorsKeepWords(t *testing.T) {
	t.Parallel()
	in := `{"text":"13800138000","now":"secret"}` + "\n" + `{"text":"13800138000` + "\n" + `{"text":["13800138000"]}` + "\n" + `{} 13800138000`
	for i, line := range answers(t, options(echo{}), strings.NewReader(in)) {
		if !strings.HasPrefix(line, `{"error":"line `+strconv.Itoa(i+1)+`: `) || strings.Contains(line, "13800138000") || strings.Contains(line, "secret") {
			t.Errorf("answer %d is %s", i+1, line)
		}
	}
}

type broken struct{ error }

func (b broken) Write([]byte) (int, error) { return 0, b }
func (b broken) Read([]byte) (int, error)  { return 0, b }

func TestBrokenStreams(t *testing.T) {
	t.Parallel()
	pipe := broken{errors.New("broken pipe")}
	endless := io.MultiReader(strings.NewReader(strings.Repeat("x\n", 100_000)), pipe)
	if err := Stream(t.Context(), options(echo{}), endless, pipe); !errors.Is(err, pipe) {
		t.Errorf("the output is broken, and the error is %v", err)
	}
	var out bytes.Buffer
	if err := Stream(t.Context(), options(echo{}), io.MultiReader(strings.NewReader("x\n"), pipe), &out); !errors.Is(err, pipe) {
		t.Errorf("the input is broken, and the error is %v", err)
	} else if !strings.HasPrefix(out.String(), `{"intents"`) {
		t.Errorf("what came before the input broke was answered with %q", &out)
	}
	waiting, _ := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Stream(ctx, options(echo{}), waiting, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits any more, and the error is %v", err)
	}
}

// BenchmarkStart makes what has to be ready before the first line is read: well
// under the 0.3 s in which the command has to start.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		nlu.New(nlu.China())
	}
}

// BenchmarkLines reads JSON lines on one core.
func BenchmarkLines(b *testing.B) {
	said := []string{
		"可以推迟到7月15号吗？我这边还在办离职", "好的，没问题，准时到", "下下周一能入职吗", "身份证怎么上传", "转人工",
		"不好意思，我已经接了别家的offer，就不去了", "晚一个礼拜行吗", "Could I start on 15 July instead, please?", "嗯嗯", "國慶之後先返工得唔得",
	}
	var in strings.Builder
	lines := 0
	for in.Len() < 1<<20 {
		fmt.Fprintf(&in, `{"text":%q,"now":"2026-06-24T14:05:00+08:00","offered":"2026-07-06"}`+"\n", said[lines%len(said)])
		lines++
	}
	o := options(nlu.New(nlu.China()))
	o.Workers = 1
	b.ReportAllocs()
	for b.Loop() {
		if err := Stream(b.Context(), o, strings.NewReader(in.String()), io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(lines*b.N)/b.Elapsed().Seconds(), "lines/s")
}
