package nlu

import (
	"bufio"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"
)

//go:embed calendar/*.txt
var yearFiles embed.FS

// Block is a run of days off that the State Council's yearly notice gives for
// one or more holidays, the adjoining weekend included.
type Block struct {
	Names       []string // "春节", "国庆节", …
	First, Last Date
}

// Calendar knows China's official days off and adjusted working days (调休).
// For years without data, workdays are Monday to Friday, but for the feasts
// whose days the regulation on public holidays fixes (全国年节及纪念日放假办法). A
// Calendar does not change after it was built and may be shared.
type Calendar struct {
	blocks []Block // ordered by First
	rest   map[Date]bool
	work   map[Date]bool
}

// China returns the calendar of the built-in years.
func China() *Calendar {
	c, err := NewCalendar()
	if err != nil {
		panic("built-in calendar: " + err.Error()) // a test reads every built-in file
	}
	return c
}

// NewCalendar reads the built-in years and then the *.txt files at the root of
// each given file system; a file replaces the earlier one of the same name, so
// operators add 2027.txt or correct 2026.txt. A line is
//
//	rest 2026-10-01 2026-10-07 国庆节
//	work 2026-10-10
//
// and # starts a comment. Every unreadable line is an error that names it.
func NewCalendar(extra ...fs.FS) (*Calendar, error) {
	builtin, err := fs.Sub(yearFiles, "calendar")
	if err != nil {
		return nil, fmt.Errorf("opening the built-in calendar: %w", err)
	}
	source := map[string]fs.FS{}
	var names []string
	for _, fsys := range append([]fs.FS{builtin}, extra...) {
		found, err := fs.Glob(fsys, "*.txt")
		if err != nil {
			return nil, fmt.Errorf("listing calendar files: %w", err)
		}
		for _, name := range found {
			if source[name] == nil {
				names = append(names, name)
			}
			source[name] = fsys
		}
	}
	c := &Calendar{rest: map[Date]bool{}, work: map[Date]bool{}}
	for _, name := range names {
		if err := c.readFile(source[name], name); err != nil {
			return nil, fmt.Errorf("reading calendar file %s: %w", name, err)
		}
	}
	slices.SortFunc(c.blocks, func(a, b Block) int { return a.First.Sub(b.First) })
	return c, nil
}

func (c *Calendar) readFile(fsys fs.FS, name string) error {
	f, err := fsys.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(c.readLines(f), f.Close())
}

func (c *Calendar) readLines(r io.Reader) error {
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		if err := c.readLine(strings.Fields(line)); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return lines.Err()
}

func (c *Calendar) readLine(words []string) error {
	switch {
	case len(words) == 0:
		return nil
	case words[0] == "work" && len(words) == 2:
		d, err := ParseDate(words[1])
		c.work[d] = true
		return err
	case words[0] == "rest" && len(words) >= 4:
		first, err1 := ParseDate(words[1])
		last, err2 := ParseDate(words[2])
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		if last.Before(first) || last.Sub(first) > 30 {
			return fmt.Errorf("days off from %s to %s are not in order, or too long", first, last)
		}
		c.addBlock(Block{Names: words[3:], First: first, Last: last})
		return nil
	}
	return fmt.Errorf("%q is neither \"rest FIRST LAST NAME\" nor \"work DAY\"", strings.Join(words, " "))
}

func (c *Calendar) addBlock(b Block) {
	c.blocks = append(c.blocks, b)
	for d := b.First; !d.After(b.Last); d = d.AddDays(1) {
		c.rest[d] = true
	}
}

// Knows says whether there are official days off for a year.
func (c *Calendar) Knows(year int) bool {
	return slices.ContainsFunc(c.blocks, func(b Block) bool { return b.First.Year == year || b.Last.Year == year })
}

// IsWorkday reports whether d is an official working day.
func (c *Calendar) IsWorkday(d Date) bool {
	switch {
	case c.work[d]:
		return true
	case c.rest[d], alwaysOff(d) && !c.Knows(d.Year):
		return false
	}
	wd := d.Weekday()
	return wd != time.Saturday && wd != time.Sunday
}

// alwaysOff reports whether d is off in every year: New Year's Day, Labour Day
// and the first days of the National Day's holiday.
func alwaysOff(d Date) bool {
	switch d.Month {
	case 1, 5:
		return d.Day == 1
	case 10:
		return d.Day <= 3
	}
	return false
}

// AddWorkdays returns the n-th working day after d, or before d when n is
// negative. n = 0 gives d itself, working day or not.
func (c *Calendar) AddWorkdays(d Date, n int) Date {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d = d.AddDays(step)
		if c.IsWorkday(d) {
			n--
		}
	}
	return d
}

// Holiday returns the days off that the notices give for a holiday ("春节",
// "国庆节", …) around day near, and false for a year without data.
func (c *Calendar) Holiday(name string, near Date) (Block, bool) {
	for _, b := range c.blocks {
		if slices.Contains(b.Names, name) && !near.Before(b.First.AddDays(-10)) && !near.After(b.Last.AddDays(10)) {
			return b, true
		}
	}
	return Block{}, false
}

// NextHoliday returns the first run of days off that ends on or after d.
func (c *Calendar) NextHoliday(d Date) (Block, bool) {
	for _, b := range c.blocks {
		if !b.Last.Before(d) {
			return b, true
		}
	}
	return Block{}, false
}
