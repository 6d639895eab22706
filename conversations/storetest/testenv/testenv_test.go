package testenv_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"jiebao/conversations/storetest/testenv"
)

// ask runs one query that gives one text.
func ask(t *testing.T, dsn, query string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	var answer string
	if err := conn.QueryRow(t.Context(), query).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestPostgreSQLIsFreshAndDurable(t *testing.T) {
	t.Parallel()
	first, second := testenv.PostgreSQL(t), testenv.PostgreSQL(t)
	if first == second {
		t.Error("two tests got the same database")
	}
	for _, dsn := range []string{first, second} {
		if got := ask(t, dsn, "SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'"); got != "0" {
			t.Errorf("a fresh database has %s tables", got)
		}
		if got := ask(t, dsn, "SELECT current_setting('fsync')"); got != "on" {
			t.Errorf("fsync = %s, want on", got)
		}
		if got := ask(t, dsn, "SELECT current_setting('server_encoding')"); got != "UTF8" {
			t.Errorf("encoding = %s, want UTF8", got)
		}
	}
}

func TestPostgreSQLWithoutFsync(t *testing.T) {
	t.Parallel()
	if got := ask(t, testenv.PostgreSQL(t, testenv.WithoutFsync), "SELECT current_setting('fsync')"); got != "off" {
		t.Errorf("fsync = %s, want off", got)
	}
}

func TestRedisIsPrivate(t *testing.T) {
	t.Parallel()
	first, second := testenv.Redis(t), testenv.Redis(t)
	clients := []*redis.Client{redis.NewClient(&redis.Options{Addr: first}), redis.NewClient(&redis.Options{Addr: second})}
	for i, client := range clients {
		defer client.Close()
		if n, err := client.DBSize(t.Context()).Result(); err != nil || n != 0 {
			t.Errorf("server %d has %d keys (%v), want none", i, n, err)
		}
		if err := client.Set(t.Context(), "key", i, 0).Err(); err != nil {
			t.Error(err)
		}
	}
}

func TestProgramsRun(t *testing.T) {
	t.Parallel()
	for path, asked := range map[string]string{testenv.Node(t): "--version", testenv.Chromium(t): "--version", testenv.OpenSSL(t): "version"} {
		if out, err := exec.CommandContext(t.Context(), path, asked).CombinedOutput(); err != nil {
			t.Errorf("%s %s: %v\n%s", path, asked, err, out)
		}
	}
}

// childVariable makes this test binary a process that starts servers, says
// where, and waits to be killed.
const childVariable = "TESTENV_CHILD"

func TestChild(t *testing.T) {
	if os.Getenv(childVariable) == "" {
		t.Skip("only runs as the child of TestServersEndWithTheirProcess")
	}
	fmt.Printf("servers %s %s\n", testenv.PostgreSQL(t), testenv.Redis(t))
	select {}
}

func TestServersEndWithTheirProcess(t *testing.T) {
	t.Parallel()
	testenv.Redis(t) // skip here, not in the child
	testenv.PostgreSQL(t)
	child := exec.Command(os.Args[0], "-test.run=^TestChild$")
	child.Env = append(os.Environ(), childVariable+"=1")
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	dsn, addr := serversOf(t, bufio.NewScanner(output))
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1})
	defer client.Close()
	if err := client.Ping(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		_, dirErr := os.Stat(config.Host)
		if os.IsNotExist(dirErr) && client.Ping(t.Context()).Err() != nil {
			return
		}
		select {
		case <-ticker.C:
		case <-deadline.C:
			t.Fatalf("30s after its process was killed, %s is still there or Redis still answers", config.Host)
		}
	}
}

func serversOf(t *testing.T, lines *bufio.Scanner) (dsn, addr string) {
	t.Helper()
	for lines.Scan() {
		if fields := strings.Fields(lines.Text()); len(fields) == 3 && fields[0] == "servers" {
			return fields[1], fields[2]
		}
	}
	t.Fatalf("the child said nothing: %v", lines.Err())
	return "", ""
}
