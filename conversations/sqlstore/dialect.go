package sqlstore

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// database is one of the two. All SQL in this package is written once, in
// the words both understand, with some that are put in theirs:
//
//	rows(a text, b bigint)   the rows of a bulk statement, as the table r
//	in keys                  in a list of texts
//	lateral (select …)       a table for every row of r, which for SQLite is one
//	for update …             locks, which SQLite with its one writer needs not
//	collate "C"              by bytes, as SQLite compares anyway
//	indexed by name          with that index; PostgreSQL knows by itself
type database interface {
	// reads are for statements that only read.
	reads() *statements
	// session opens a connection to write on.
	session(ctx context.Context) (session, error)
	// pipeline runs statements that only read in few round trips.
	pipeline(ctx context.Context, s *script) error
	// inOrder reads conversation, n and body of all messages, in about the
	// order in which they came.
	inOrder(ctx context.Context, each func(row) error) error
	// begin starts a transaction that is going to write.
	begin() string
	// committers is how many groups of turns may be under way at once.
	committers() int
	// shared says whether other nodes may write to the database too.
	shared() bool
	// contended says that err is what the database tells a transaction that
	// others were in the way of: it is worth trying again.
	contended(err error) bool
	close() error
}

// session is a connection to write on. It is used by one goroutine.
type session interface {
	// run executes the script and empties it.
	run(ctx context.Context, s *script) error
	// rollback ends the transaction after an error.
	rollback(ctx context.Context)
	// lost says whether the connection is gone.
	lost() bool
	close()
}

var (
	rowsWord   = regexp.MustCompile(`\b(from|using) rows\(([a-z_ ,]+)\)`)
	columnWord = regexp.MustCompile(`\br\.([a-z_]+)`)
	indexWord  = regexp.MustCompile(` indexed by [a-z_]+`)
	updateWord = regexp.MustCompile(`\s+for update(?: of [a-z_]+)?(?: skip locked)?`)
	limitWord  = regexp.MustCompile(`\blimit (\$[0-9]+)`)
)

const (
	keysWord  = "in keys"
	bytesWord = ` collate "C"`
)

// columns splits "a text, b bigint" into names and types.
func columns(list string) (names, types []string) {
	for c := range strings.SplitSeq(list, ", ") {
		name, typ, _ := strings.Cut(c, " ")
		names, types = append(names, name), append(types, typ)
	}
	return names, types
}

// sqliteSQL is executed once for every row of a bulk, whose columns it takes
// as arguments: the table r disappears. It has to be the first that the
// statement reads from.
func sqliteSQL(text string) string {
	if m := rowsWord.FindStringSubmatchIndex(text); m != nil {
		names, _ := columns(text[m[4]:m[5]])
		before, after := text[:m[0]], text[m[1]:]
		if joined, ok := strings.CutPrefix(after, ","); ok {
			after = "from" + joined
		}
		after = strings.Replace(after, "lateral ", "", 1)
		text = columnWord.ReplaceAllStringFunc(before+after, func(s string) string {
			return "$" + strconv.Itoa(slices.Index(names, s[2:])+1)
		})
	}
	text = strings.ReplaceAll(text, keysWord, "in (select value from json_each($1))")
	text = strings.ReplaceAll(text, bytesWord, "")
	text = limitWord.ReplaceAllString(text, "limit 0 + $1")
	return updateWord.ReplaceAllString(text, "")
}

// postgresSQL takes the rows of a bulk as one array a column.
func postgresSQL(text string) string {
	text = rowsWord.ReplaceAllStringFunc(text, func(s string) string {
		m := rowsWord.FindStringSubmatch(s)
		names, types := columns(m[2])
		arrays := make([]string, len(types))
		for i, t := range types {
			arrays[i] = fmt.Sprintf("$%d::%s[]", i+1, t)
		}
		return m[1] + " unnest(" + strings.Join(arrays, ", ") + ") as r(" + strings.Join(names, ", ") + ")"
	})
	text = indexWord.ReplaceAllString(text, "")
	return strings.ReplaceAll(text, keysWord, "= any($1::text[])")
}
