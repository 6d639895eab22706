package wechat

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// The reply window counts from when the candidate wrote, and never from a
// time to come, which would keep it open for as long as somebody likes.
func TestTimesToComeAreNow(t *testing.T) {
	t.Parallel()
	a := newAdapter(t, testAccount(Secure), Options{})
	stamp := fmt.Sprintf("<CreateTime>%d</CreateTime>", epoch.Unix())
	for created, want := range map[string]time.Time{
		fmt.Sprint(epoch.Add(-time.Minute).Unix()): epoch.Add(-time.Minute),
		fmt.Sprint(epoch.Add(time.Minute).Unix()):  epoch.Add(time.Minute),
		fmt.Sprint(epoch.Add(time.Hour).Unix()):    epoch,
		"300000000000":                             epoch, // the year 11476, which JSON does not take
		"9223372036854775807":                      epoch,
		"-1":                                       epoch,
		"yesterday":                                epoch,
	} {
		document := strings.Replace(textDocument(1, "你好"), stamp, "<CreateTime>"+created+"</CreateTime>", 1)
		b, err := a.Parse(sealedPost(t, document, testKey, epoch).request())
		if err != nil {
			t.Fatal(err)
		}
		in := b.Inbound[0]
		if !in.At.Equal(want) || !in.Grants[0].Until.Equal(want.Add(messageWindow)) {
			t.Errorf("CreateTime %s: said at %v, answers until %v", created, in.At, in.Grants[0].Until)
		}
	}
}
