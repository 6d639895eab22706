package wechatsim

import (
	"sync"
	"time"
)

// follower is one candidate's relation to one account, and what their phone
// shows of it.
type follower struct {
	openID string

	mu     sync.Mutex
	state  followerState
	screen screen
}

// followerState is the part of a follower that a snapshot keeps as it is.
type followerState struct {
	Name        string    `json:"name"`
	UnionID     string    `json:"union_id"`
	Following   bool      `json:"following"`
	FollowedAt  time.Time `json:"followed_at"`
	Scene       string    `json:"scene,omitempty"` // of the code that was followed
	Blocked     bool      `json:"blocked"`         // the candidate refuses messages (拒收)
	Blacklisted bool      `json:"blacklisted"`     // the account refuses the candidate
	Message     credit    `json:"message"`
	Action      credit    `json:"action"`
	Touched     time.Time `json:"touched"` // last message in either direction
	TypingUntil time.Time `json:"typing_until"`
}

// credit is a number of customer-service messages that may be sent until a
// time ("客服消息介绍": 客服消息下发规则).
type credit struct {
	Left  int       `json:"left"`
	Until time.Time `json:"until"`
}

// Credits of the table in "客服消息介绍", as it stands since June 2023.
const (
	messageCredit = 5 // 用户发送消息: 5条, 48小时
	messageWindow = 48 * time.Hour
	actionCredit  = 3 // 点击自定义菜单, 关注, 扫描二维码: 3条, 1分钟
	actionWindow  = time.Minute
)

// spoke opens the 48-hour window anew.
func (f *followerState) spoke(now time.Time) {
	f.Message = credit{messageCredit, now.Add(messageWindow)}
	f.Touched = now
}

// acted opens the one-minute window anew. It leaves the longer one as it is:
// a tap on a msgmenu choice counts as a menu click and "不会产生用户发送消息场景的
// 客服消息下发额度" ("客服消息介绍").
func (f *followerState) acted(now time.Time) {
	f.Action = credit{actionCredit, now.Add(actionWindow)}
	f.Touched = now
}

// spend takes one message from the window that closes first, or says which
// error the platform answers: 45015 when no window is open (or nobody
// follows), 45047 when the open ones are used up. Which window pays first is
// not documented [?].
func (f *followerState) spend(now time.Time) int {
	if !f.Following {
		return errWindow
	}
	open := false
	for _, c := range []*credit{&f.Action, &f.Message} {
		if !now.Before(c.Until) {
			continue
		}
		open = true
		if c.Left > 0 {
			c.Left--
			f.Touched = now
			return errNone
		}
	}
	if open {
		return errCountLimit
	}
	return errWindow
}

// credits returns what could be sent now, and until when, for the phone page.
func (f *followerState) credits(now time.Time) (left int, until time.Time) {
	for _, c := range []credit{f.Action, f.Message} {
		if now.Before(c.Until) {
			left += c.Left
			until = c.Until
		}
	}
	return left, until
}
