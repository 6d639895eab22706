package phrases

import (
	"testing"
	"testing/fstest"
	"time"

	"jiebao/config/locales"
	"jiebao/conversations"
)

func TestEmbeddedIsInOrder(t *testing.T) {
	t.Parallel()
	if _, err := New(locales.Embedded(), nil); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkWords(b *testing.B) {
	p, err := New(locales.Embedded(), nil)
	if err != nil {
		b.Fatal(err)
	}
	args := map[string]any{"date": conversations.Date{Year: 2026, Month: time.July, Day: 6}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Words(conversations.Traditional, "start_date.ask", args); err != nil {
			b.Fatal(err)
		}
	}
}

var _ = fstest.MapFS{}
