// Package email speaks for one mailbox: it sends candidates mail through the
// bank's own mail server.
//
// One message out: compose.go puts a delivery into the core's terms of a
// letter, render.go writes the letter as text and as HTML, calendar.go writes
// the invitation, message.go builds the mail around them, and send.go hands it
// to the server over one of a few connections that are kept (pool.go,
// session.go). errors.go puts the server's answers into the core's words.
//
// A mail is a letter and not a talk: candidates answer on their own page, to
// which every mail leads, by a button and by one link for each answer. The
// links never act by themselves, since scanners open them; the page's form
// does. Mail that candidates write goes to the mailbox of reply_to, which
// people read. Nothing is read from a mailbox here: neither replies nor the
// notices of mail that came back (RFC 3464), so that a mail is known to have
// been taken by the bank's server, and not to have arrived.
//
// Messages of one conversation are one thread: their identifiers are stable
// (Message-ID is made of conversations.Delivery.Message), and all refer to the
// same one. A server does not take two of the same identifier for one, so what
// may have arrived is not sent again. Signing (DKIM) is the server's.
//
// Whoever wants no more mail says so by their mail program's own button (RFC
// 8058) or by the link at the end of each mail; optout.go takes both in.
//
// What it takes from github.com/wneessen/go-mail, and what not: MIME, headers,
// TLS and signing in are the library's. The transaction is driven here, on the
// library's connection, because its own errors are texts that hold the address
// and do not tell how far the mail had come. Invitations (RFC 5545) are
// written here, since one event without a time zone takes no library.
//
// Imports: the standard library, conversations, channels, go-mail and
// golang.org/x.
package email
