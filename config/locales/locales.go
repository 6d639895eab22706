// Package locales holds the words of Jiebao in every language it speaks: what
// the bot says to candidates (bot.*.yaml) and what HR reads in the console
// (console.*.yaml). Package phrases reads them, and says when they are wrong.
//
// A file is named SUBJECT.LOCALE.yaml and maps keys to words; keys nest, and
// join with dots:
//
//	start_date:
//	  ask: 您能在{{.date}}入职吗？
//	documents:
//	  missing:
//	    one: "One document is missing: {{.items}}"
//	    other: "{{.count}} documents are missing: {{.items}}"
//
// Every key stands in every locale with the same arguments. Who adds a subject
// adds its three files, and nothing else.
//
// The package imports the standard library only.
package locales

import (
	"embed"
	"io/fs"
)

//go:embed *.yaml
var files embed.FS

// Embedded are the words that Jiebao comes with.
func Embedded() fs.FS { return files }
