package sqlstore_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
	"jiebao/conversations/sqlstore"
	"jiebao/conversations/storetest"
	"jiebao/conversations/storetest/testenv"
)

// BenchmarkReceive measures durable turns: 64 callers, each with candidates
// of its own, whose every message is answered in the callback and told to the
// EHR.
func BenchmarkReceive(b *testing.B) {
	for _, driver := range []string{sqlstore.SQLite, sqlstore.PostgreSQL} {
		for _, callers := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/%d", driver, callers), func(b *testing.B) {
				dsn := filepath.Join(b.TempDir(), "jiebao.db")
				if driver == sqlstore.PostgreSQL {
					dsn = testenv.PostgreSQL(b)
				}
				benchmarkReceive(b, driver, dsn, callers)
			})
		}
	}
}

func benchmarkReceive(b *testing.B, driver, dsn string, callers int) {
	var ids atomic.Int64
	s, err := sqlstore.Open(b.Context(), sqlstore.Options{
		Driver: driver, DSN: dsn, Engine: storetest.Engine(), Now: time.Now,
		NewID: func() string { return fmt.Sprintf("cv%08x", ids.Add(1)*7919) },
	})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	const candidates = 50 // of each caller
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for i := range candidates {
				id := fmt.Sprintf("%d-%d", c, i)
				n := storetest.ResultToCome("r"+id, "E"+id, conversations.Address{Account: "oa", ID: "o" + id})
				if _, err := s.Apply(b.Context(), conversations.Target{Candidate: n.Result.Candidate.ID, Branch: n.Result.Branch}, n); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	deliverAll(b, s)
	var next atomic.Int64
	took := make([][]time.Duration, callers)
	before := cpuTime(b)
	b.ResetTimer()
	for c := range callers {
		wg.Go(func() {
			for {
				i := next.Add(1)
				if i > int64(b.N) {
					return
				}
				who := conversations.Address{Account: "oa", ID: fmt.Sprintf("o%d-%d", c, i%candidates)}
				start := time.Now()
				a, err := s.Apply(b.Context(), conversations.Target{Address: who}, storetest.Said(who, fmt.Sprint(i), "请问什么时候入职"))
				took[c] = append(took[c], time.Since(start))
				if err != nil {
					b.Error(err)
				} else if a.Answer != nil {
					s.Carried(a.Answer.ID, true)
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/float64(b.N), "cpu-µs/turn")
	all := slices.Concat(took...)
	slices.Sort(all)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "turns/s")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkReceipts measures what a bulk send brings back: receipts of messages
// that were told, posted by 64 callers, while a candidate writes now and then,
// whose wait is measured. 70,000 receipts in five minutes are 233 a second.
func BenchmarkReceipts(b *testing.B) {
	for _, driver := range []string{sqlstore.SQLite, sqlstore.PostgreSQL} {
		b.Run(driver, func(b *testing.B) {
			dsn := filepath.Join(b.TempDir(), "jiebao.db")
			if driver == sqlstore.PostgreSQL {
				dsn = testenv.PostgreSQL(b)
			}
			benchmarkReceipts(b, driver, dsn)
		})
	}
}

func benchmarkReceipts(b *testing.B, driver, dsn string) {
	const callers = 64
	var ids atomic.Int64
	s, err := sqlstore.Open(b.Context(), sqlstore.Options{
		Driver: driver, DSN: dsn, Engine: storetest.Engine(), Now: time.Now,
		NewID: func() string { return fmt.Sprintf("cv%08x", ids.Add(1)*7919) },
	})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	tellAll(b, s, callers)
	var next atomic.Int64
	var waited []time.Duration
	var wg sync.WaitGroup
	b.ResetTimer()
	for c := range callers {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				if c == 0 {
					who := conversations.Address{Account: "oa", ID: fmt.Sprint("o", i)}
					start := time.Now()
					if _, err := s.Apply(b.Context(), conversations.Target{Address: who}, storetest.Said(who, fmt.Sprint("w", i), "quiet")); err != nil {
						b.Error(err)
					}
					waited = append(waited, time.Since(start))
				}
				to := conversations.Target{Account: "oa", PlatformID: fmt.Sprint("P", i)}
				if _, err := s.Apply(b.Context(), to, conversations.Report{Status: conversations.Delivered, At: time.Now()}); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	slices.Sort(waited)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "receipts/s")
	if len(waited) > 0 {
		b.ReportMetric(float64(waited[len(waited)*99/100].Microseconds())/1000, "p99-ms")
	}
	b.ReportMetric(0, "ns/op")
}

// tellAll tells b.N candidates their result, of whose messages the platform's
// ids are P1 and so on.
func tellAll(b *testing.B, s *sqlstore.Store, callers int) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				n := storetest.ResultToCome(fmt.Sprint("r", i), fmt.Sprint("E", i), conversations.Address{Account: "oa", ID: fmt.Sprint("o", i)})
				a, err := s.Apply(b.Context(), conversations.Target{Candidate: n.Result.Candidate.ID, Branch: n.Result.Branch}, n)
				if err != nil {
					b.Error(err)
					continue
				}
				r := conversations.Report{Message: a.State.Application().Notice, Status: conversations.Sent, PlatformID: fmt.Sprint("P", i)}
				if _, err := s.Apply(b.Context(), conversations.Target{Conversation: a.Conversation, Account: "oa"}, r); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// deliverAll works off what the set-up left to be sent.
func deliverAll(b *testing.B, s *sqlstore.Store) {
	for {
		lanes, err := s.Claim(b.Context(), conversations.TaskDeliver, time.Now(), time.Minute, 200, 1)
		if err != nil {
			b.Fatal(err)
		}
		if len(lanes) == 0 {
			return
		}
		var done []outbox.Outcome
		for _, l := range lanes {
			done = append(done, outbox.Outcome{Item: l.Items[0], Release: true})
		}
		if err := s.Finish(b.Context(), done); err != nil {
			b.Fatal(err)
		}
	}
}

// cpuTime is what this process used. On a shared machine it says more than
// the clock, though not what a database server used.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
