package outbox

import (
	"errors"
	"testing"
	"time"

	"jiebao/conversations"
)

var now = time.Date(2026, 6, 24, 12, 0, 0, 0, time.UTC)

func refused(r conversations.Reason, code string) error {
	return &conversations.SendError{Reason: r, Code: code}
}

func TestNext(t *testing.T) {
	t.Parallel()
	policy := DefaultRetry(func() float64 { return 1 })
	for name, tc := range map[string]struct {
		err        error
		attempts   int
		repeatable bool
		retry      time.Duration // 0: it is over
		status     conversations.Status
		uncounted  bool
	}{
		"accepted":                        {nil, 0, false, 0, conversations.Sent, false},
		"busy":                            {refused(conversations.Temporary, "-1"), 0, false, 2 * time.Second, 0, false},
		"busy again":                      {refused(conversations.Temporary, "-1"), 3, false, 2 * time.Minute, 0, false},
		"busy for hours":                  {refused(conversations.Temporary, "-1"), 7, false, 0, conversations.Failed, false},
		"too fast, and told how long":     {&conversations.SendError{Reason: conversations.Throttled, RetryAfter: time.Minute}, 0, false, time.Minute, 0, true},
		"all too fast, all day":           {refused(conversations.Throttled, "45009"), 70, false, 5 * time.Minute, 0, true},
		"too many for one recipient":      {&conversations.SendError{Reason: conversations.Throttled, RetryAfter: time.Minute, Recipient: true}, 0, false, time.Minute, 0, false},
		"for hours":                       {&conversations.SendError{Reason: conversations.Throttled, Recipient: true}, 7, false, 0, conversations.Failed, false},
		"daily quota":                     {&conversations.SendError{Reason: conversations.QuotaUsedUp, RetryAfter: 5 * time.Hour}, 40, false, 5 * time.Hour, 0, true},
		"bad secret":                      {refused(conversations.Credentials, "40001"), 400, false, 5 * time.Minute, 0, true},
		"window":                          {refused(conversations.WindowClosed, "45015"), 0, false, 0, conversations.Failed, false},
		"unsubscribed":                    {refused(conversations.Unsubscribed, "43004"), 0, false, 0, conversations.Failed, false},
		"bad content":                     {refused(conversations.BadContent, "47003"), 0, false, 0, conversations.Failed, false},
		"unsure, repeats are recognised":  {refused(conversations.OutcomeUnsure, ""), 0, true, 2 * time.Second, 0, false},
		"unsure to the end":               {refused(conversations.OutcomeUnsure, ""), 2, true, 0, conversations.Unknown, false},
		"unsure, a repeat would be twice": {refused(conversations.OutcomeUnsure, ""), 0, false, 0, conversations.Unknown, false},
		"an error of nobody's":            {errors.New("boom"), 0, false, 0, conversations.Unknown, false},
	} {
		o := policy.Next(Item{Attempts: tc.attempts}, tc.repeatable, conversations.Receipt{PlatformID: "p"}, tc.err, now)
		if (o.Verdict == Retry) != (tc.retry > 0) || o.Verdict == Retry && !o.RetryAt.Equal(now.Add(tc.retry)) || o.Uncounted != tc.uncounted {
			t.Errorf("%s: %+v", name, o)
		}
		if r, _ := o.Then.(conversations.Report); r.Status != tc.status {
			t.Errorf("%s: status %v, want %v", name, r.Status, tc.status)
		}
		if tc.err != nil && o.Note == "" {
			t.Errorf("%s: nobody learns why", name)
		}
	}
}
