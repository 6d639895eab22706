package channels

import "jiebao/conversations"

// Temporary is the error for what was certainly not done, and may be tried
// again.
func Temporary(detail string, err error) *conversations.SendError {
	return &conversations.SendError{Reason: conversations.Temporary, Detail: detail, Err: err}
}

// Unsure is the error for what was perhaps done: nobody can tell.
func Unsure(detail string, err error) *conversations.SendError {
	return &conversations.SendError{Reason: conversations.OutcomeUnsure, Detail: detail, Err: err}
}

// BadContent is the error for a message that the platform will never take.
func BadContent(detail string) *conversations.SendError {
	return &conversations.SendError{Reason: conversations.BadContent, Detail: detail}
}

// BadRecipient is the error for an address that nobody can be reached by.
func BadRecipient(detail string) *conversations.SendError {
	return &conversations.SendError{Reason: conversations.BadRecipient, Detail: detail}
}
