// Package conversations holds the nouns of Jiebao and its use cases: what a
// candidate's conversation is, and what becomes of it when something happens.
//
// Everything that happens is one turn. A Store loads a Snapshot, Engine.Turn
// turns snapshot and Command into Changes, and the Store commits all of them
// in one transaction; only then is anybody answered. Turn is a pure function:
// equal snapshots, commands and times give equal changes, so that the whole
// product can be tested and replayed without a network.
//
// One file a use case: receive.go (a candidate's message), notify.go (the
// EHR's result), report.go (a receipt), reply.go and owner.go (HR),
// startdate.go (agreeing on a day), seat.go (places in classes), identity.go,
// bind.go and invite.go (who is this follower), document.go (uploads),
// understand.go (asking a model). plan.go decides by which road words leave.
// The nouns have files of their own.
//
// Imports: the standard library only. Everything else in this module may
// import this package.
package conversations
