// Package h5 is the mobile page behind every link that candidates get: the
// result, the offer and how it stands; confirming with one tap, another date,
// declining; the documents and the conversation with the bot or HR, over all
// channels.
//
// It is a channel like the others. What comes in by it becomes a command of
// the core: what is answered or typed a conversations.Receive, with the ids of
// the bot's own choices, so that the bot, the record, the EHR and HR see what
// they would see of the chat; files a conversations.Upload. What is sent to its
// account (adapter.go) stands on the page as soon as it is recorded.
//
// A link is signed, expires, and belongs to one candidate (link.go, token.go).
// It may be forwarded and is opened by scanners, so that it shows nothing by
// itself: GET never acts, and before anything personal is shown the visitor
// proves to know the last four digits of the candidate's phone number
// (enter.go). Wrong tries are counted in the conversation, so that neither a
// restart nor another link gives more of them. Who has passed holds a signed
// cookie for an hour, for all links to the same candidate's page.
//
// An answer on the offer (answer.go) brings back, signed, which offer was shown
// with it: if that has changed meanwhile nothing is recorded and the new one is
// shown. A form that is sent twice counts once.
//
// The pages work without JavaScript; with it, files show their progress and the
// conversation comes by itself (events.go, static/page.js). They are served by
// net/http, so that they need nothing from gateway; gateway/app mounts them at
// Path.
//
// Imports: the standard library, channels, conversations and
// golang.org/x/text/language.
package h5
