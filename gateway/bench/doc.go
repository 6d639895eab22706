// Command bench measures Jiebao from outside and prints its figures in one
// table. Run it with "make bench"; ARGS passes flags, as in
// make bench ARGS=-quick.
//
// It builds the gateway and runs it as its own process, configured as in
// production: encrypted callbacks, full durability (synchronous=FULL,
// fsync=on), every message through the bot. This process plays everybody
// else: WeChat (channels/wechat/wechatsim), the followers, the EHR and HR.
// Everything goes over loopback HTTP to free ports; a private PostgreSQL runs
// on a Unix socket, and where none is installed its figures are skipped. The
// folder with all of it goes in the end.
//
// # In
//
// Followers, all of them candidates who confirmed their start date, write texts that
// the bot answers with one message. The callbacks are sealed and signed
// before the clock starts, each with a MsgId of its own, and posted over 64
// kept connections by an ordinary HTTP client, which takes its share of the
// processor on both sides of the comparison. An answer counts when the
// message, the bot's reply, its ride and the EHR's event are on disk. The EHR
// is switched off meanwhile: events are queued, not delivered.
//
// The ceiling is a server of its own with the same router and the same
// adapter, which verifies, decrypts and reads the same callbacks and then
// answers with a reply of the gateway's. Rounds of ceiling and gateway
// alternate, and medians of the rounds are printed. On a machine that others
// use as well trust the ratio, and the processor time for each callback.
//
// Afterwards the database must hold as many messages as were acknowledged;
// and 500 messages posted three times each, at once, must become 500 rows.
//
// Then 500 inboxes are opened, which do what the page's scripts do: they hear of
// changes and ask for their list, or for the conversation that they show. Rounds
// with and without them alternate; they take their share of the processor on
// the client's side as well. At last, with nothing else to do, messages are
// timed from their callback until an open page has them.
//
// # Out
//
// The gateway starts again on the same data, now with an EHR: a receiver that
// verifies every signature and insists that no candidate's sequence skips or
// repeats. First it takes all the events that waited; that is the rate of
// events. It is compared, in the same run, with an ordinary HTTP client that
// posts events which were signed before over as many kept connections to the
// same kind of receiver: what is left for the queue, the signing and the order.
// Then followers write 200 messages a second, which is no load; the lag is from
// sending the callback until the receiver has the message's event.
//
// Then results are posted for new candidates, several for each, one after
// the other; the simulator takes 0 to 40 ms over each message. The rate is
// from the first post to the last template message accepted. At most 512
// results are posted and not yet told, so that the lag is the way through the
// gateway, not a queue that grows: from the answer to the EHR until the
// platform accepted the message, and from the turn that made an event until
// the receiver had it. Each phone must show its messages in order.
//
// Last, HR takes over conversations through the inbox's forms and replies
// faster than the platform takes it. Again each phone must show the replies
// in order.
//
// # Out by every channel
//
// The gateway starts once more, with accounts of WeChat, push, SMS and mail and
// a simulator for each. Every candidate has an address on one of them; the plan
// passes over the steps before it. How long a message takes is from the answer
// to the EHR until the gateway knows that the channel accepted it, as its event
// says; each candidate must have been shown exactly one message. Then the
// receipts of the WeChat messages are posted as fast as they are taken, each
// many times, and the EHR must hear of each once.
//
// What one more channel costs is the time of a turn (conversations.Engine),
// run in this process, for a candidate with one address and with five.
//
// # The inbox
//
// In this process, on a SQLite file of its own: 100,000 conversations with
// 2,000,000 messages, made by a seeded source of random numbers and written
// straight into the database. The index of words is built as an upgrade builds
// it. Then everything that HR reads is read again and again, in the scope of
// the head office and in that of a branch with a thousandth of the
// conversations: the first page with all counts, each view, each filter, words
// that many, few or nobody said, people, and a conversation. Of each such group
// the slowest counts. What the pages take to be written is not in it.
//
// # Memory and start
//
// From starting the process to the first good answer of /readyz, on an empty
// database, with the program read from the disk as after a boot; resident
// memory one second later, and the most that was seen during the inbound rounds
// (proc(5), statm).
//
// # Verdicts
//
// What has a target is "reached" or "MISSED". What has to hold on every
// machine "holds" or is "BROKEN", and then the command fails.
//
// With -profile FOLDER the gateway runs under a CPU profiler, in a process of
// this program instead of its own binary. What it holds when it is ready, and
// in the end, is beside it (.idle.heap and .heap, which also has what was ever
// allocated).
//
// Imports: everything; nothing imports it.
package main
