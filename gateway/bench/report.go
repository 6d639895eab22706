package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"
)

// report collects the figures and prints them as one table.
type report struct {
	lines  []line
	broken int // checks that do not hold
}

// line is one figure; a line without a figure is a heading.
type line struct{ name, figure, target, verdict string }

func (r *report) heading(name string) { r.lines = append(r.lines, line{name: name}) }

// figure adds a figure without a target.
func (r *report) figure(name, figure string) {
	r.lines = append(r.lines, line{name: name, figure: figure})
}

// goal adds a figure with a target, which may be missed on a busy machine.
func (r *report) goal(name, figure, target string, reached bool) {
	verdict := "reached"
	if !reached {
		verdict = "MISSED"
	}
	r.lines = append(r.lines, line{name, figure, target, verdict})
}

// check adds what has to hold on every machine.
func (r *report) check(name, figure, want string, holds bool) {
	verdict := "holds"
	if !holds {
		verdict = "BROKEN"
		r.broken++
	}
	r.lines = append(r.lines, line{name, figure, want, verdict})
}

func (r *report) print(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	for i, l := range r.lines {
		if l.figure == "" {
			if i > 0 {
				fmt.Fprintln(t)
			}
			fmt.Fprintln(t, l.name)
			continue
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", l.name, l.figure, l.target, l.verdict)
	}
	t.Flush()
}

func perSecond(n float64) string { return grouped(int64(n)) + "/s" }

// grouped writes a number with its thousands apart.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func milliseconds(d time.Duration) string {
	return strconv.FormatFloat(float64(d.Microseconds())/1000, 'f', 1, 64) + " ms"
}

func microseconds(seconds float64) string {
	return strconv.FormatFloat(seconds*1e6, 'f', 0, 64) + " µs"
}

func megabytes(n int64) string { return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + " MB" }

// median returns the middle one, or the mean of the two in the middle.
func median(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	n := len(v)
	if n == 0 {
		return 0
	}
	return (v[(n-1)/2] + v[n/2]) / 2
}
