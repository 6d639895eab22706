package main

import (
	"context"
	"database/sql"
	"fmt"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"jiebao/config"
)

// inbound counts the candidates' messages that the database holds.
func (d *database) inbound(ctx context.Context) (int, error) {
	driver, dsn := "pgx", d.dsn
	if d.driver == config.SQLite {
		driver, dsn = "sqlite", "file:"+d.dsn+"?mode=ro&_pragma=busy_timeout(5000)"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	var n int
	err = db.QueryRowContext(ctx, `select count(*) from messages where dedupe like '`+accountID+`/%'`).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting messages in %s: %w", d.name, err)
	}
	return n, nil
}
