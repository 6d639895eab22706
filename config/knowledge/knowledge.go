// Package knowledge holds example articles for a bank: what candidates ask
// before their first day, in the three languages. The demonstration answers
// from them; a bank writes its own in words.knowledge_dir or in the inbox.
// Package bot/knowledge reads the files, and describes them.
//
// The package imports the standard library only.
package knowledge

import (
	"embed"
	"io/fs"
)

//go:embed *.md
var files embed.FS

// Embedded are the example articles.
func Embedded() fs.FS { return files }
