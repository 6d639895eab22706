package sqlstore

import (
	"context"
	"database/sql/driver"
	"fmt"
)

// rowStatement is a statement that is executed for one row after the other. It
// goes to the driver itself: database/sql would take a lock, make a list of
// arguments and return a result for each of the ten rows of a turn.
type rowStatement struct {
	prepared driver.Stmt
	run      driver.StmtExecContext // the same
	args     []driver.NamedValue    // of the present row
}

// execute executes a statement for each of the rows. The connection is the
// session's alone, so that nobody else uses the driver meanwhile.
func (c *sqliteSession) execute(ctx context.Context, text string, rows [][]any) error {
	s, err := c.forRows(ctx, text)
	if err != nil {
		return err
	}
	defer func() { clear(s.args[:cap(s.args)]) }()
	for _, row := range rows {
		s.args = s.args[:0]
		for i, v := range row {
			if v, err = driver.DefaultParameterConverter.ConvertValue(v); err != nil {
				return fmt.Errorf("argument %d of %q: %w", i+1, text, err)
			}
			s.args = append(s.args, driver.NamedValue{Ordinal: i + 1, Value: v})
		}
		if _, err := s.run.ExecContext(ctx, s.args); err != nil {
			return err
		}
	}
	return nil
}

func (c *sqliteSession) forRows(ctx context.Context, text string) (*rowStatement, error) {
	if s := c.executed[text]; s != nil {
		return s, nil
	}
	s := &rowStatement{}
	err := c.conn.Raw(func(conn any) (err error) {
		if s.prepared, err = conn.(driver.ConnPrepareContext).PrepareContext(ctx, sqliteSQL(text)); err != nil {
			return err
		}
		s.run = s.prepared.(driver.StmtExecContext)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("preparing %q: %w", text, err)
	}
	c.executed[text] = s
	return s, nil
}
