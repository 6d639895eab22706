// Package chart draws plots on the server, as SVG that a page takes as it is.
// Colours and type are the page's: every part has a class, and nothing has a
// colour of its own, so that a plot is dark where the page is. A plot says in
// its title and description what it shows; the page has a table with the same
// numbers beside it.
//
// Imports: the standard library only.
package chart

import (
	"fmt"
	"html"
	"strconv"
	"strings"
)

// Bar is one value under its name.
type Bar struct {
	Name  string
	Value int
	Note  string // such as a share, after the value
}

// The measures of bars. A drawing is as wide as its place in the page, so that
// its words are as large as those around it on any screen: what is across is in
// hundredths of the width, what is down in pixels.
const (
	row     = 34
	names   = 22 // where bars begin, right of their names
	longest = 54 // how long a bar is at most; its value ends where the drawing does
	barThin = 18
)

// Funnel draws values that come of each other as bars, one below the other, each
// as long as its share of the greatest. id is the plot's own in the page.
func Funnel(id, title, about string, bars []Bar) string {
	most := 0
	for _, b := range bars {
		most = max(most, b.Value)
	}
	var s strings.Builder
	open(&s, id, title, about, row*len(bars))
	for i, b := range bars {
		middle := i*row + row/2
		text(&s, "chart-name", 0, middle, b.Name)
		bar(&s, "chart-track", middle, longest)
		if b.Value > 0 {
			bar(&s, "chart-bar chart-"+strconv.Itoa(i), middle, max(longest*float64(b.Value)/float64(most), 0.5))
		}
		value := strconv.Itoa(b.Value)
		if b.Note != "" {
			value += " · " + b.Note
		}
		text(&s, "chart-value", 100, middle, value)
	}
	s.WriteString("</svg>")
	return s.String()
}

func bar(s *strings.Builder, class string, middle int, long float64) {
	fmt.Fprintf(s, `<rect class="%s" x="%d%%" y="%d" width="%.1f%%" height="%d" rx="4"/>`, class, names, middle-barThin/2, long, barThin)
}

func open(s *strings.Builder, id, title, about string, high int) {
	id = html.EscapeString(id)
	fmt.Fprintf(s, `<svg class="chart" width="100%%" height="%d" role="img" aria-labelledby="%s-title %s-about"><title id="%s-title">%s</title><desc id="%s-about">%s</desc>`,
		high, id, id, id, html.EscapeString(title), id, html.EscapeString(about))
}

func text(s *strings.Builder, class string, x, y int, words string) {
	fmt.Fprintf(s, `<text class="%s" x="%d%%" y="%d" dominant-baseline="central">%s</text>`, class, x, y, html.EscapeString(words))
}
