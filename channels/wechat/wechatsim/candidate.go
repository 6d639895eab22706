package wechatsim

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Candidate describes a person with a phone.
type Candidate struct {
	Name    string `json:"name"`
	OpenID  string `json:"open_id,omitempty"`  // empty: one is made
	UnionID string `json:"union_id,omitempty"` // empty: none
	// Following makes a follower without posting a subscribe event: of old.
	Following bool `json:"following,omitempty"`
}

// Phone is one candidate's view of one account. Its actions post the callbacks
// that WeChat would and return when those are answered or given up.
type Phone struct {
	sim  *Sim
	acct *account
	f    *follower
}

// ErrNotFollowing is returned by what only a follower can do.
var ErrNotFollowing = errors.New("the candidate does not follow the account")

// AddCandidate gives the account a candidate who does not follow it yet.
func (s *Sim) AddCandidate(appID string, c Candidate) (*Phone, error) {
	a, ok := s.account(appID)
	if !ok {
		return nil, fmt.Errorf("adding a candidate to %q: %w", appID, errNoSuch)
	}
	if c.OpenID == "" {
		c.OpenID = "o" + s.random.text(27) // "openid" has 28 characters
	}
	f := &follower{openID: c.OpenID}
	f.state = followerState{Name: c.Name, UnionID: c.UnionID, Following: c.Following}
	if c.Following {
		f.state.FollowedAt = s.clock.Now()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, taken := a.followers[c.OpenID]; taken {
		return nil, fmt.Errorf("adding a candidate to %q: openid %q is taken", appID, c.OpenID)
	}
	a.followers[c.OpenID] = f
	return &Phone{s, a, f}, nil
}

// Phone finds a candidate's phone.
func (s *Sim) Phone(appID, openID string) (*Phone, error) {
	a, ok := s.account(appID)
	if !ok {
		return nil, fmt.Errorf("finding a phone of %q: %w", appID, errNoSuch)
	}
	f, ok := a.follower(openID)
	if !ok {
		return nil, fmt.Errorf("finding phone %q of %q: %w", openID, appID, errNoSuch)
	}
	return &Phone{s, a, f}, nil
}

// OpenID is the candidate's id with this account.
func (p *Phone) OpenID() string { return p.f.openID }

// do runs change under the follower's lock, shows what the candidate did, and
// posts ev. A blacklisted candidate's doings reach nobody.
func (p *Phone) do(ev *event, own PhoneMessage, change func(st *followerState, now time.Time) error) (Exchange, error) {
	now := p.sim.clock.Now()
	p.f.mu.Lock()
	err := change(&p.f.state, now)
	deaf := p.f.state.Blacklisted
	p.f.mu.Unlock()
	if err != nil {
		return Exchange{}, err
	}
	own.From, own.Source = FromCandidate, SourceCandidate
	p.f.show(p.sim, now, own)
	ev.At, ev.Heard = now, true
	if deaf {
		return Exchange{AppID: ev.AppID, OpenID: ev.OpenID, Event: ev.Name, Outcome: Silent, Attempts: []Attempt{}}, nil
	}
	return p.sim.exchange(p.acct, *ev), nil
}

// Follow follows the account, as from a search; code (a ticket, a QR code's
// link, or a scene) makes it a scan. "接收事件推送": 关注事件, 扫描带参数二维码事件.
func (p *Phone) Follow(code string) (Exchange, error) {
	q, err := p.code(code)
	if err != nil {
		return Exchange{}, err
	}
	ev := p.acct.event(p.f.openID, "subscribe")
	scene := ""
	if q == nil {
		ev.add("EventKey", "")
	} else {
		scene = q.Scene
		ev.add("EventKey", "qrscene_"+q.Scene).add("Ticket", q.Ticket)
	}
	own := PhoneMessage{Type: "event", Text: "关注了公众号"}
	return p.do(ev, own, func(st *followerState, now time.Time) error {
		if st.Following {
			return errors.New("the candidate follows the account already")
		}
		st.Following, st.FollowedAt, st.Scene = true, now, scene
		st.acted(now)
		return nil
	})
}

func (p *Phone) code(of string) (*qrCode, error) {
	if of == "" {
		return nil, nil
	}
	q, ok := p.acct.findCode(of)
	switch {
	case !ok:
		return nil, fmt.Errorf("scanning: no QR code with ticket, link or scene %q", of)
	case !q.live(p.sim.clock.Now()):
		return nil, fmt.Errorf("scanning: the code expired at %s", q.Expires.Format(time.RFC3339))
	}
	return q, nil
}

// Scan scans a QR code: followers cause SCAN, others follow.
func (p *Phone) Scan(code string) (Exchange, error) {
	q, err := p.code(code)
	if err != nil {
		return Exchange{}, err
	}
	if q == nil {
		return Exchange{}, errors.New("scanning: which code?")
	}
	if !p.following() {
		return p.Follow(code)
	}
	ev := p.acct.event(p.f.openID, "SCAN").add("EventKey", q.Scene).add("Ticket", q.Ticket)
	return p.do(ev, PhoneMessage{Type: "event", Text: "扫描了二维码"}, action)
}

func (p *Phone) following() bool {
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	return p.f.state.Following
}

// Unfollow ends following ("接收事件推送": 取消关注事件). It closes both windows.
func (p *Phone) Unfollow() (Exchange, error) {
	ev := p.acct.event(p.f.openID, "unsubscribe").add("EventKey", "")
	x, err := p.do(ev, PhoneMessage{Type: "event", Text: "取消关注"}, func(st *followerState, now time.Time) error {
		if !st.Following {
			return ErrNotFollowing
		}
		st.Following, st.Message, st.Action = false, credit{}, credit{}
		return nil
	})
	return x, err
}

// spoken and action open the windows of the two kinds of interaction.
func spoken(st *followerState, now time.Time) error {
	if !st.Following {
		return ErrNotFollowing
	}
	st.spoke(now)
	return nil
}

func action(st *followerState, now time.Time) error {
	if !st.Following {
		return ErrNotFollowing
	}
	st.acted(now)
	return nil
}

// Say sends a text ("接收普通消息": 文本消息).
func (p *Phone) Say(text string) (Exchange, error) {
	ev := p.acct.message(p.f.openID, "text").add("Content", text).ident(p.sim.nextMsgID())
	return p.do(ev, PhoneMessage{Type: "text", Text: text}, spoken)
}

// Tap taps a choice of the newest message that offers it. The account receives
// a text with bizmsgmenuid ("发送客服消息": 发送菜单消息), which counts as a menu click.
func (p *Phone) Tap(id string) (Exchange, error) {
	c, ok := p.choice(id)
	if !ok {
		return Exchange{}, fmt.Errorf("tapping: no message on the phone offers choice %q", id)
	}
	ev := p.acct.message(p.f.openID, "text").add("Content", c.Content).
		ident(p.sim.nextMsgID()).add("bizmsgmenuid", c.ID)
	return p.do(ev, PhoneMessage{Type: "text", Text: c.Content}, action)
}

func (p *Phone) choice(id string) (Choice, bool) {
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	for _, m := range slices.Backward(p.f.screen.messages) {
		for _, c := range m.Choices {
			if c.ID == id {
				return c, true
			}
		}
	}
	return Choice{}, false
}

// ClickMenu presses the menu button with that key, or that link. CLICK opens
// the one-minute window, VIEW none ("自定义菜单事件推送").
func (p *Phone) ClickMenu(keyOrURL string) (Exchange, error) {
	b, ok := p.acct.button(keyOrURL)
	if !ok {
		return Exchange{}, fmt.Errorf("clicking the menu: no button %q", keyOrURL)
	}
	own := PhoneMessage{Type: "event", Text: "点击菜单「" + b.Name + "」", URL: b.URL}
	if b.Type == "view" {
		ev := p.acct.event(p.f.openID, "VIEW").add("EventKey", b.URL)
		return p.do(ev, own, func(st *followerState, now time.Time) error {
			if !st.Following {
				return ErrNotFollowing
			}
			return nil
		})
	}
	return p.do(p.acct.event(p.f.openID, "CLICK").add("EventKey", b.Key), own, action)
}

// SendImage sends a picture ("接收普通消息": 图片消息).
func (p *Phone) SendImage(data []byte) (Exchange, error) {
	if !looksLike("image", data) {
		return Exchange{}, errors.New("sending a picture: these bytes are none")
	}
	md := p.sim.keepMedia(p.acct, p.sim.clock.Now(), "image", pictureName(data), data)
	link := p.sim.mediaURL(md.ID)
	ev := p.acct.message(p.f.openID, "image").add("PicUrl", link).add("MediaId", md.ID).ident(p.sim.nextMsgID())
	return p.do(ev, PhoneMessage{Type: "image", MediaID: md.ID, MediaURL: link}, spoken)
}

func pictureName(data []byte) string {
	switch http.DetectContentType(data) {
	case "image/png":
		return "photo.png"
	case "image/gif":
		return "photo.gif"
	}
	return "photo.jpg"
}

// SendVoice sends a voice message; recognition is what the platform heard, and
// may be empty ("接收普通消息": 语音消息).
func (p *Phone) SendVoice(data []byte, recognition string) (Exchange, error) {
	md := p.sim.keepMedia(p.acct, p.sim.clock.Now(), "voice", "voice.amr", data)
	ev := p.acct.message(p.f.openID, "voice").add("MediaId", md.ID).add("Format", "amr")
	if recognition != "" {
		ev.add("Recognition", recognition)
	}
	ev.ident(p.sim.nextMsgID())
	return p.do(ev, PhoneMessage{Type: "voice", Text: recognition, MediaID: md.ID, MediaURL: p.sim.mediaURL(md.ID)}, spoken)
}

// SendFile sends a file. The platform documents no such message; accounts have
// received it since 2018 without a MediaId, so its bytes cannot be fetched
// (WeiXinMPSDK issue 1071) [comm].
func (p *Phone) SendFile(name string, data []byte) (Exchange, error) {
	sum := md5.Sum(data)
	ev := p.acct.message(p.f.openID, "file").
		add("Title", name).add("Description", "").
		add("FileKey", p.sim.random.text(60)).
		add("FileMd5", hex.EncodeToString(sum[:])).
		add("FileTotalLen", strconv.Itoa(len(data))).
		ident(p.sim.nextMsgID())
	return p.do(ev, PhoneMessage{Type: "file", Title: name}, spoken)
}

// Block makes the candidate refuse the account's messages: template messages
// end in "failed:user block". Nobody is told.
func (p *Phone) Block(on bool) { p.set(func(st *followerState) { st.Blocked = on }) }

// Blacklist puts the candidate on the account's blacklist.
func (p *Phone) Blacklist(on bool) { p.set(func(st *followerState) { st.Blacklisted = on }) }

func (p *Phone) set(change func(*followerState)) {
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	change(&p.f.state)
	p.f.screen.changed()
}
