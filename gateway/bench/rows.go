package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"jiebao/config"
)

// open opens the gateway's database for reading.
func (d *database) open() (*sql.DB, error) {
	if d.driver == config.SQLite {
		return sql.Open("sqlite", "file:"+d.dsn+"?mode=ro&_pragma=busy_timeout(5000)")
	}
	return sql.Open("pgx", d.dsn)
}

// inbound counts the candidates' messages that the database holds.
func (d *database) inbound(ctx context.Context) (int, error) {
	db, err := d.open()
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

// follower is the openid of a conversation's candidate.
func (d *database) follower(ctx context.Context, conversation string) (openID string, err error) {
	db, err := d.open()
	if err != nil {
		return "", err
	}
	defer db.Close()
	var address string
	err = db.QueryRowContext(ctx, `select address from addresses where conversation = $1 and address like '`+accountID+`/%'`, conversation).Scan(&address)
	if err != nil {
		return "", fmt.Errorf("finding the candidate of %s in %s: %w", conversation, d.name, err)
	}
	return strings.TrimPrefix(address, accountID+"/"), nil
}
