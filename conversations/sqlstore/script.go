package sqlstore

// row gives the columns of one row of an answer.
type row interface{ Scan(dest ...any) error }

// script is a list of statements to be run in order, in as few round trips
// as the database allows. Answers come when it is run, not when it is written.
type script struct{ steps []step }

// step is one statement. It is executed once with args, or, if bulk, for
// every one of rows.
type step struct {
	sql  string
	args []any
	rows [][]any
	bulk bool
	each func(row) error // called for every row of the answer; nil to discard it
}

// exec adds a statement.
func (s *script) exec(sql string, args ...any) {
	s.steps = append(s.steps, step{sql: sql, args: args})
}

// query adds a statement whose answer is read by each.
func (s *script) query(sql string, each func(row) error, args ...any) {
	s.steps = append(s.steps, step{sql: sql, args: args, each: each})
}

// queryKeys adds a statement with "in keys" in its text, which stands for
// the given keys; its other arguments begin at $2. Without keys it adds nothing.
func (s *script) queryKeys(sql string, keys []string, each func(row) error, more ...any) {
	if len(keys) > 0 {
		s.query(sql, each, append([]any{keys}, more...)...)
	}
}

// execKeys is queryKeys for a statement without an answer.
func (s *script) execKeys(sql string, keys []string, more ...any) {
	s.queryKeys(sql, keys, nil, more...)
}

// bulk adds a statement that reads from "rows(a text, b bigint)", which
// stands for the given rows; without rows it adds nothing.
func (s *script) bulk(sql string, rows [][]any) { s.queryBulk(sql, rows, nil) }

// queryBulk is bulk for a statement whose answer is read by each.
func (s *script) queryBulk(sql string, rows [][]any, each func(row) error) {
	if len(rows) > 0 {
		s.steps = append(s.steps, step{sql: sql, rows: rows, bulk: true, each: each})
	}
}
