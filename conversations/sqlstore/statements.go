package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
)

// statements reads over a pool of connections. Each text is put in the
// dialect's words and prepared once.
type statements struct {
	db        *sql.DB
	translate func(string) string

	mu       sync.Mutex
	prepared map[string]*sql.Stmt
}

// maxPrepared bounds what is kept prepared. Texts that are made for one
// question, as the inbox's are, need not all be.
const maxPrepared = 64

func newStatements(db *sql.DB, translate func(string) string) *statements {
	return &statements{db: db, translate: translate, prepared: map[string]*sql.Stmt{}}
}

func (s *statements) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if err := refuseNUL(args); err != nil {
		return nil, err
	}
	stmt, err := s.prepare(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("preparing %q: %w", text, err)
	}
	if stmt == nil {
		return s.db.QueryContext(ctx, s.translate(text), args...)
	}
	return stmt.QueryContext(ctx, args...)
}

// prepare returns the prepared statement, nil when enough are kept.
func (s *statements) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	s.mu.Lock()
	stmt, full := s.prepared[text], len(s.prepared) >= maxPrepared
	s.mu.Unlock()
	if stmt != nil || full {
		return stmt, nil
	}
	stmt, err := s.db.PrepareContext(ctx, s.translate(text))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if other := s.prepared[text]; other != nil {
		return other, stmt.Close()
	}
	s.prepared[text] = stmt
	return stmt, nil
}
