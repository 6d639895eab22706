package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"jiebao/config"
	"jiebao/conversations/storetest/testenv"
)

// TestScripts runs whole conversations through the whole program: its API,
// its callbacks and its inbox, with a simulated WeChat, a simulated EHR that
// verifies every event, and one virtual clock. script_commands_test.go says
// what a script can do.
func TestScripts(t *testing.T) {
	t.Parallel()
	stores := map[string]func(*testing.T) config.Store{
		config.SQLite: func(t *testing.T) config.Store {
			return config.Store{Driver: config.SQLite, Path: t.TempDir() + "/jiebao.db"}
		},
		config.PostgreSQL: func(t *testing.T) config.Store {
			return config.Store{Driver: config.PostgreSQL, DSN: config.NewSecret(testenv.PostgreSQL(t))}
		},
	}
	for driver, open := range stores {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			testscript.Run(t, testscript.Params{
				Dir:                 "testdata/script",
				Cmds:                scriptCommands(),
				RequireExplicitExec: true,
				RequireUniqueNames:  true,
				UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
				Setup: func(env *testscript.Env) error {
					env.Values[worldKey{}] = newWorld(t, env.WorkDir, env.Defer, open(t))
					return nil
				},
			})
		})
	}
}
