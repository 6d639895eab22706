package aliyun

import (
	"testing"
	"time"

	"jiebao/channels/carrier"
	"jiebao/conversations"
)

func TestOpensNoAccountThatIsPrinted(t *testing.T) {
	a := Account{AccessKeyID: "k", AccessKeySecret: "s"}
	for debug, want := range map[string]bool{"": true, "http": true, "dara": false, "x,tea": false} {
		t.Setenv("DEBUG", debug)
		if _, err := Config(a, "provider.example", nil); (err == nil) != want {
			t.Errorf("with DEBUG=%s: %v", debug, err)
		}
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC) // 23:00 in Beijing
	codes := Common().With(Codes{"isv.OF_A_PRODUCT": carrier.Refusal{Reason: conversations.BadRecipient}})
	for code, want := range map[string]conversations.Reason{
		"isv.OUT_OF_SERVICE": conversations.Credentials, "InvalidAccessKeyId.NotFound": conversations.Credentials,
		"Throttling": conversations.Throttled, "Throttling.User": conversations.Throttled, "ServiceUnavailable": conversations.Temporary,
		"isv.OF_A_PRODUCT": conversations.BadRecipient, "isv.NEVER_HEARD_OF": conversations.BadContent, "": conversations.BadContent,
	} {
		if got := codes.Refuse(code, now); got.Reason != want || got.Code != code {
			t.Errorf("%s: %v, want %s", code, got, want)
		}
	}
	if got := codes.Refuse("isv.DAY_LIMIT_CONTROL", now); got.Reason != conversations.QuotaUsedUp || got.RetryAfter != time.Hour {
		t.Errorf("a limit of the day: %v, again after %v", got, got.RetryAfter)
	}
	if _, shared := Common()["isv.OF_A_PRODUCT"]; shared {
		t.Error("one product's codes are in another's")
	}
}
