package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"
)

// database is one of the two. All SQL in this package is written once, in
// the words both understand, with three that are put in theirs:
//
//	rows(a text, b bigint)   the rows of a bulk statement, as a table
//	in keys                  in a list of texts
//	for update …             locks, which SQLite with its one writer needs not
type database interface {
	// reader is for statements that only read.
	reader() *sql.DB
	// session opens a connection to write on.
	session(ctx context.Context) (session, error)
	// pipeline runs statements that only read in few round trips.
	pipeline(ctx context.Context, s *script) error
	// sql puts a text in the dialect's words.
	sql(text string) string
	// begin starts a transaction that is going to write.
	begin() string
	// committers is how many groups of turns may be under way at once.
	committers() int
	// shared says whether other nodes may write to the database too.
	shared() bool
	// contended says that err is what the database tells a transaction that
	// others were in the way of: it is worth trying again.
	contended(err error) bool
	// refused says that err is the database's answer to a statement, and
	// not a sign that the database cannot be reached.
	refused(err error) bool
	close() error
}

// session is a connection to write on. It is used by one goroutine.
type session interface {
	// run executes the script and empties it.
	run(ctx context.Context, s *script) error
	// rollback ends the transaction after an error.
	rollback(ctx context.Context)
	close()
}

var (
	rowsWord   = regexp.MustCompile(`\brows\(([a-z_]+ (?:text|bigint)(?:, [a-z_]+ (?:text|bigint))*)\)`)
	updateWord = regexp.MustCompile(`\s+for update(?: of [a-z_]+)?(?: skip locked)?`)
)

const keysWord = "in keys"

// columns splits "a text, b bigint" into names and types.
func columns(list string) (names, types []string) {
	for c := range strings.SplitSeq(list, ", ") {
		name, typ, _ := strings.Cut(c, " ")
		names, types = append(names, name), append(types, typ)
	}
	return names, types
}

// sqliteSQL is executed once for every row of a bulk.
func sqliteSQL(text string) string {
	text = rowsWord.ReplaceAllStringFunc(text, func(s string) string {
		names, _ := columns(rowsWord.FindStringSubmatch(s)[1])
		for i, n := range names {
			names[i] = fmt.Sprintf("$%d as %s", i+1, n)
		}
		return "(select " + strings.Join(names, ", ") + ") as r"
	})
	text = strings.ReplaceAll(text, keysWord, "in (select value from json_each($1))")
	return updateWord.ReplaceAllString(text, "")
}

// postgresSQL takes the rows of a bulk as one array a column.
func postgresSQL(text string) string {
	text = rowsWord.ReplaceAllStringFunc(text, func(s string) string {
		names, types := columns(rowsWord.FindStringSubmatch(s)[1])
		arrays := make([]string, len(types))
		for i, t := range types {
			arrays[i] = fmt.Sprintf("$%d::%s[]", i+1, t)
		}
		return "unnest(" + strings.Join(arrays, ", ") + ") as r(" + strings.Join(names, ", ") + ")"
	})
	return strings.ReplaceAll(text, keysWord, "= any($1::text[])")
}
