// Package h5 is the mobile page behind the links that candidates get: where
// they upload what the chat does not take, such as a PDF in an official
// account, which tells of a file and does not hand it over.
//
// It is a channel like the others: what comes in by it becomes a command of
// the core (conversations.Upload). It is none in that nothing can be sent to
// it, so it has no Adapter, and its account, conversations.PageAccount, is no
// address of the candidate.
//
// A link is signed, expires, and belongs to one candidate (link.go). It may be
// forwarded and is opened by scanners, so that it shows nothing by itself: GET
// never acts, and before anything personal is shown the visitor proves to know
// the last four digits of the candidate's phone number (enter.go). Wrong tries
// are counted in the conversation, so that neither a restart nor another link
// gives more of them. Who has passed holds a signed cookie for an hour.
//
// The page works without JavaScript; with it, files show their progress
// (static/page.js). It is served by net/http, so that it needs nothing from
// gateway; gateway/app mounts it at Path.
//
// Imports: the standard library, conversations and golang.org/x/text/language.
package h5
