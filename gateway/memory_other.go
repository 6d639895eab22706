//go:build !linux

package main

// forgetStart does nothing where the program's file is not mapped as on Linux.
func forgetStart() {}
