package console

import "testing"

func BenchmarkInboxPage(b *testing.B) {
	d := as(b, "ag-head")
	for b.Loop() {
		d.get("/inbox/zhang")
	}
}

func BenchmarkLiveList(b *testing.B) {
	d := as(b, "ag-head")
	for b.Loop() {
		d.htmx("/inbox/list", map[string][]string{})
	}
}
