package sqlstore_test

import (
	"path/filepath"
	"testing"

	"jiebao/conversations/sqlstore"
	"jiebao/conversations/storetest"
	"jiebao/conversations/storetest/testenv"
)

func open(driver, dsn string) storetest.Open {
	return func(n storetest.Node) (storetest.Store, error) {
		return sqlstore.Open(n.Context, sqlstore.Options{Driver: driver, DSN: dsn, Engine: n.Engine, Now: n.Now, NewID: n.NewID})
	}
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, false, func(t *testing.T) storetest.Open {
		return open(sqlstore.SQLite, filepath.Join(t.TempDir(), "jiebao.db"))
	})
}

func TestPostgreSQL(t *testing.T) {
	t.Parallel()
	storetest.Run(t, true, func(t *testing.T) storetest.Open {
		return open(sqlstore.PostgreSQL, testenv.PostgreSQL(t, testenv.WithoutFsync))
	})
}
