// Package app puts Jiebao together. It is the only place that names every
// concrete type: the store, the adapters (accounts.go), the bot, the API, the
// console and the outbox's workers (workers.go). Nothing is decided here.
//
// Imports: everything.
package app
