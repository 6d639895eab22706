package testenv

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Option changes the server that a test gets.
type Option int

// WithoutFsync gives up durability for speed. For tests of behaviour only:
// what is measured, or killed, keeps it.
const WithoutFsync Option = iota + 1

// PostgreSQL makes a fresh, empty database on the test process's own server
// and returns its connection string. It is dropped when the test ends.
func PostgreSQL(t testing.TB, options ...Option) string {
	t.Helper()
	if postgresBinaries() == "" {
		missing(t, "PostgreSQL", "apt-get install postgresql")
	}
	start := durable
	if slices.Contains(options, WithoutFsync) {
		start = fast
	}
	server, err := start()
	if err != nil {
		t.Fatalf("starting a private PostgreSQL: %v", err)
	}
	return server.database(t)
}

// ErrNoPostgreSQL is returned where PostgreSQL is not installed.
var ErrNoPostgreSQL = errors.New("PostgreSQL is missing; install it: apt-get install postgresql")

// StartPostgreSQL starts a server that keeps what it says it has kept, for a
// program that is no test, and returns the connection string of its empty
// database. It ends, and its folder goes, with stop or with this process.
func StartPostgreSQL() (dsn string, stop func(), err error) {
	if postgresBinaries() == "" {
		return "", nil, ErrNoPostgreSQL
	}
	c, err := startCluster("on")
	if err != nil {
		return "", nil, fmt.Errorf("starting a private PostgreSQL: %w", err)
	}
	return c.dsn("postgres"), c.stop, nil
}

// The servers of this process, each started by the first test that wants it.
var (
	durable = sync.OnceValues(func() (*cluster, error) { return startCluster("on") })
	fast    = sync.OnceValues(func() (*cluster, error) { return startCluster("off") })
)

// cluster is a running server. It lives as long as this process.
type cluster struct {
	*server
	made atomic.Int64 // databases
}

func startCluster(fsync string) (*cluster, error) {
	dir, err := privateDir()
	if err != nil {
		return nil, err
	}
	binaries := postgresBinaries()
	command := []string{binaries + "/postgres", "-D", "data"}
	for _, setting := range []string{
		"listen_addresses=", "unix_socket_directories=" + dir, "fsync=" + fsync,
		"max_connections=200", "shared_buffers=64MB", "timezone=UTC", "lc_messages=C",
	} {
		command = append(command, "-c", setting)
	}
	s, err := start(dir, program{
		prepare: binaries + "/initdb -D data -U postgres -A trust -E UTF8 --locale=C --no-sync >log 2>&1 || { cat log; false; }",
		command: command,
		ready:   "ready to accept connections",
		signal:  "QUIT",
	})
	if err != nil {
		return nil, err
	}
	return &cluster{server: s}, nil
}

func (c *cluster) dsn(database string) string {
	query := url.Values{"host": {c.dir}, "sslmode": {"disable"}}
	return "postgres://postgres@/" + database + "?" + query.Encode()
}

func (c *cluster) database(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", c.made.Add(1))
	if err := c.execute("CREATE DATABASE " + name); err != nil {
		t.Fatalf("making a database: %v", err)
	}
	t.Cleanup(func() {
		if err := c.execute("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("dropping a database: %v", err)
		}
	})
	return c.dsn(name)
}

func (c *cluster) execute(statement string) error {
	ctx := context.Background() // t.Context() has ended when cleanups run
	conn, err := pgx.Connect(ctx, c.dsn("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, statement)
	return err
}

// postgresBinaries is the folder of the server's programs, or empty. Debian
// keeps them out of PATH; what is in PATH may be a link to them.
func postgresBinaries() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	slices.SortFunc(found, func(a, b string) int { // the newest last: 9 before 15
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	if path, err := exec.LookPath("initdb"); err == nil && len(found) == 0 {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			found = append(found, path)
		}
	}
	for _, initdb := range slices.Backward(found) {
		dir := filepath.Dir(initdb)
		if _, err := os.Stat(filepath.Join(dir, "postgres")); err == nil {
			return dir
		}
	}
	return ""
}
