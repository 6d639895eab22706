// Package emailsim is a mail server with the candidates' mailboxes behind it,
// for tests and for demonstrations without a network.
//
// The server follows RFC 5321, with STARTTLS (RFC 3207), AUTH PLAIN and LOGIN
// (RFC 4954), SMTPUTF8 (RFC 6531) and enhanced codes (RFC 2034), and lets
// faults be injected at every stage of a transaction. A mailbox shows a mail
// as a mail program does: subject, words, links, the calendar's entry, and the
// button for no more mail (RFC 8058).
//
// It shares no code with the adapter it tests, and uses no mail library.
//
// Imports: the standard library and golang.org/x/net/html.
package emailsim
