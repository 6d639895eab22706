package main

import (
	"os"
	"runtime"
	"runtime/debug"

	"jiebao/config"
)

// How much the heap may grow before it is collected, in percent of what is
// alive. GOGC in the environment says otherwise.
const (
	// Starting makes much garbage, and what is kept should lie close together:
	// it would share pages with 4 MB of holes.
	starting = 50
	// SQLite keeps its pages in this process, and leaves the heap less of the
	// memory that is promised, 150 MB under load. At 200 a callback takes a
	// tenth less of the processor, and its load 24 MB more (make bench).
	serving       = 120
	servingBeside = 180 // a database that has its own process
)

func collectAt(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}

// settle ends the start: it gives back what only the start needed.
func settle(cfg config.Config) {
	runtime.GC() // pools keep what was put back until the second: 8 MB of the migrations' parser
	debug.FreeOSMemory()
	forgetStart()
	if cfg.Store.Driver == config.PostgreSQL {
		collectAt(servingBeside)
	} else {
		collectAt(serving)
	}
}
