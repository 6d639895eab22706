package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// forgetStart lets go of the parts of the program's own file that only its start
// has read: half of it is other platforms' libraries. Every page of it can be
// read again from the file, so that only mappings without a page of their own
// are let go. Where the kernel does not tell, they stay.
func forgetStart() {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	maps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer maps.Close()
	var from, to uintptr
	lines := bufio.NewScanner(maps)
	for lines.Scan() {
		line := lines.Text()
		var start, end uintptr
		var mode string
		if n, _ := fmt.Sscanf(line, "%x-%x %s", &start, &end, &mode); n == 3 {
			from, to = 0, 0
			if mode[1] != 'w' && strings.HasSuffix(line, " "+program) {
				from, to = start, end
			}
			continue
		}
		var own int
		if n, _ := fmt.Sscanf(line, "Anonymous: %d kB", &own); n == 1 && own == 0 && to > from {
			_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, from, to-from, syscall.MADV_DONTNEED)
		}
	}
}
