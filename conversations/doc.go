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
// EHR's result), report.go (a receipt), reply.go, scheduled.go and owner.go
// (HR), changeoffer.go and withdraw.go (the bank changes its mind),
// startdate.go and calendar.go (agreeing on a day), seat.go (places in
// classes), identity.go, bind.go and invite.go (who is this follower),
// document.go (uploads), understand.go (asking a model). The nouns have files
// of their own.
//
// By which road something reaches the candidate is decided in few places:
// reaches.go says which addresses they have without binding any, ladder.go
// climbs the plan by which a notification leaves (route.go is how far it has
// come, call.go where it ends: with HR's telephone), road.go picks the address
// for words, plan.go packs words into what the address still takes, quiet.go
// keeps nights quiet and ledger.go tells all that to people. Whatever is to
// happen later is one tick (remind.go).
//
// Imports: the standard library only. Everything else in this module may
// import this package.
package conversations
