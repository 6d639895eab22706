// Package audit is the log of what people do in the console and systems by the
// API: who, when, what, to what. An entry holds ids and the values of
// settings, never a candidate's words and no personal data.
//
// Entries are linked into one chain (chain.go). The hash of each covers the one
// before, so that nobody changes, adds or leaves out an entry in the middle
// without every later hash being wrong. Who rewrites all of them needs the
// program's key besides: the chain's head is signed with it (key.go). The
// signature is Ed25519 and not an HMAC, because whoever checks a log must not
// be able to forge it: an auditor gets the public key.
//
// turn.go says what the commands of turns are in the log, once for all who
// apply them: stores write those entries in the transaction of the turn itself.
// For everything else there is Recorder.
//
// sealer.go links what was written, within a second; watch.go verifies it from
// time to time; export.go writes parts of the log to files that can be checked
// without the program, by anybody with the public key.
//
// Imports: conversations, clock and the standard library.
package audit
