// Package understand shows what Jiebao reads in what candidates write: lines
// in, readings out, one for one and in order. It serves scripts, which send
// JSON, and people, who type.
//
// Stream (stream.go) keeps every core busy and the order of the lines, and
// answers as soon as the input pauses; line.go reads one line.
//
// The package may import the standard library and bot/nlu. It opens nothing
// and never asks for the time.
package understand
