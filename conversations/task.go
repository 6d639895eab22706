package conversations

import "time"

// Task is one row of the outbox: work that a turn caused and that happens
// after its commit. Tasks of one lane are done strictly in order.
type Task struct {
	ID   string // unique; doing a task twice under one ID is the same as once
	Kind TaskKind
	Lane string
	Due  time.Time
	// Ride marks a delivery whose words ride in the answer to the callback
	// that caused it. It is due only in case no callback carries it.
	Ride bool
	Body any // JSON: the type that Kind names
}

// TaskKind tells the outbox who does a task.
type TaskKind string

// Lane names the lane of a conversation's tasks of one kind.
func Lane(kind TaskKind, conversation string) string { return string(kind) + ":" + conversation }

// DeliveryLane is the lane of what is sent by an account. Chat that may ride in
// the answers to callbacks leaves in the order in which it was said, over all
// of a conversation's accounts; everything else waits for no other account's
// trouble.
func DeliveryLane(conversation string, d Description) string {
	lane := Lane(TaskDeliver, conversation)
	if (d.Medium == Chat || d.Medium == "") && !d.Apart {
		return lane
	}
	return lane + "/" + d.Account
}

// The kinds of task, with the type of their body.
const (
	TaskDeliver TaskKind = "deliver" // Delivery: send to a candidate
	TaskEvent   TaskKind = "event"   // Event: tell the EHR
	TaskFetch   TaskKind = "fetch"   // Fetch: download a candidate's file
	TaskInvite  TaskKind = "invite"  // InviteRequest: make a QR code
	TaskTick    TaskKind = "tick"    // TickAt: look whether something is due
	TaskBind    TaskKind = "bind"    // BindRequest: bind a follower who proved who they are
	TaskMark    TaskKind = "mark"    // Mark: show on a message what was tapped in it
	TaskPush    TaskKind = "push"    // PushRequest: put a document into the EHR's own storage

	TaskPull    TaskKind = "pull"    // PullRequest: fetch what a platform keeps for an account
	TaskReceive TaskKind = "receive" // Arrival: apply what was fetched

	TaskUnderstand TaskKind = "understand" // Understand: ask a model what a candidate may mean
)

// Delivery is one planned send.
type Delivery struct {
	Message      string           `json:"message"` // its id, also the idempotency key
	Conversation string           `json:"conversation"`
	To           Address          `json:"to"`
	Kind         Kind             `json:"kind"`
	Text         string           `json:"text,omitempty"`
	Choices      []Choice         `json:"choices,omitempty"`
	Template     *TemplateContent `json:"template,omitempty"`
	Document     string           `json:"document,omitempty"` // for an image
	Agent        string           `json:"agent,omitempty"`    // whose words they are, if a person's
	Locale       Locale           `json:"locale,omitempty"`   // of what an adapter has to add by itself; "" means Chinese
	// Link leads to the candidate's own page, for accounts that are Linked.
	Link     string    `json:"link,omitempty"`
	Calendar *Calendar `json:"calendar,omitempty"`
}

// Calendar is an entry for the candidate's calendar: the first day at work.
type Calendar struct {
	UID       string `json:"uid"`      // the same for all versions of the entry
	Sequence  int64  `json:"sequence"` // later versions have higher ones
	Cancelled bool   `json:"cancelled,omitempty"`
	Title     string `json:"title"`
	Day       Date   `json:"day"`
	Place     string `json:"place,omitempty"`
	Details   string `json:"details,omitempty"`
}

// DeliveryOf is the sending of m, as it is.
func DeliveryOf(m Message) Delivery {
	return Delivery{
		Message: m.ID, Conversation: m.Conversation, To: m.Address, Kind: m.Kind,
		Text: m.Text, Choices: m.Choices, Template: m.Template, Document: m.Document, Agent: m.Author.Agent(),
	}
}

// Receipt is what the platform said when it took a delivery.
type Receipt struct {
	PlatformID string
}

// Fetch asks for a candidate's file to be brought into the documents store.
type Fetch struct {
	Conversation string  `json:"conversation"`
	Document     string  `json:"document"`        // the id to keep it under
	Voice        bool    `json:"voice,omitempty"` // it is a recording, and no document
	From         Address `json:"from"`
	Ref          string  `json:"ref"` // the platform's media id
}

// InviteRequest asks for a QR code that binds whoever scans it.
type InviteRequest struct {
	Conversation string `json:"conversation"`
	Account      string `json:"account"`
	Scene        string `json:"scene"`
}

// Understand asks a model what a message may mean. It holds nothing that tells
// who wrote it: Text is masked.
type Understand struct {
	Conversation string `json:"conversation"`
	Message      string `json:"message"`
	Text         string `json:"text"`
	Asked        string `json:"asked,omitempty"` // what the bot had asked, in the dialogue's words
	Locale       Locale `json:"locale,omitempty"`
}

// BindRequest asks to bind an address to a conversation after its holder
// proved who they are.
type BindRequest struct {
	Conversation string `json:"conversation"` // the candidate's
	From         string `json:"from"`         // the follower's
	Reach        Reach  `json:"reach"`
	By           string `json:"by"`
}

// PullRequest asks to fetch what a platform keeps for an account.
type PullRequest struct {
	Account string `json:"account"`
}

// Arrival is one thing that came from a platform: what a candidate said or
// did, or else a receipt of what was sent.
type Arrival struct {
	Inbound *Inbound        `json:"inbound,omitempty"`
	Receipt *ArrivedReceipt `json:"receipt,omitempty"`
}

// ArrivedReceipt is a platform's later word on a message that it took.
type ArrivedReceipt struct {
	Account    string `json:"account"`
	PlatformID string `json:"platform_id"`
	Report     Report `json:"report"`
}

// Turn is what an arrival means, and for whom.
func (a Arrival) Turn() (Target, Command) {
	if a.Inbound != nil {
		return Target{Address: a.Inbound.Address, Scene: a.Inbound.Scene}, Receive{*a.Inbound}
	}
	return a.Receipt.target(), a.Receipt.Report
}

// target is the conversation that the receipt is for: that of the message it
// names, or else of the one that the platform gave its id to.
func (r ArrivedReceipt) target() Target {
	if conversation, ok := ConversationOf(r.Report.Message); ok {
		return Target{Conversation: conversation, Account: r.Account}
	}
	return Target{Account: r.Account, PlatformID: r.PlatformID}
}
