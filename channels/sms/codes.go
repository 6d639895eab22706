package sms

import (
	"jiebao/channels/carrier"
	"jiebao/conversations"
)

// misfiled is a refusal for what is filed with the provider: another one, where
// it is filed otherwise, may take the message.
func misfiled(advice string) carrier.Refusal {
	return carrier.Refusal{Reason: conversations.BadContent, Own: true, Advice: advice}
}

// content is a refusal of the message itself.
func content(advice string) carrier.Refusal {
	return carrier.Refusal{Reason: conversations.BadContent, Advice: advice}
}

// nobody is a refusal of the number.
func nobody(advice string) carrier.Refusal {
	return carrier.Refusal{Reason: conversations.BadRecipient, Advice: advice}
}

// credentials is a refusal of the account.
func credentials(advice string) carrier.Refusal {
	return carrier.Refusal{Reason: conversations.Credentials, Own: true, Advice: advice}
}
