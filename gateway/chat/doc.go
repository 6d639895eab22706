// Package chat lets one person be the candidate, in a terminal or by a file:
// the real engine and the real bot answer, and beside the talk stands what was
// read, remembered, recorded and told to the EHR. Nothing is kept.
//
// chat.go plays line by line, commands.go knows the lines that begin with a
// slash, sample.go is the candidate who is played, and what is shown is
// written for people by show.go and as a transcript, as bot/testdata holds
// them, by transcript.go.
//
// The package may import the standard library, bot, bot/nlu, conversations
// and conversations/rehearsal. The clock is passed in.
package chat
