package wechatsim

import (
	"net/http"
	"strconv"
	"time"
)

// Limits of "生成带参数的二维码".
const (
	defaultCodeLife = 60        // 默认有效期为60秒
	maxCodeLife     = 2_592_000 // 最大不超过2592000（即30天）
	maxScene        = 64        // scene_str: 长度限制为1到64
	maxPermanent    = 100_000   // scene_id 永久二维码时最大值为100000
)

// qrCode is a code with a scene.
type qrCode struct {
	Ticket  string    `json:"ticket"`
	URL     string    `json:"url"`
	Scene   string    `json:"scene"`
	Expires time.Time `json:"expires"` // zero: permanent
}

func (q *qrCode) live(now time.Time) bool { return q.Expires.IsZero() || now.Before(q.Expires) }

// createCode is "生成带参数的二维码".
func createCode(c *call) answer {
	var in struct {
		Expire int    `json:"expire_seconds"`
		Action string `json:"action_name"`
		Info   struct {
			Scene struct {
				ID  int64  `json:"scene_id"`
				Str string `json:"scene_str"`
			} `json:"scene"`
		} `json:"action_info"`
	}
	if code := c.decode(&in); code != errNone {
		return c.fail(code)
	}
	scene, temporary, valid := "", false, false
	switch sc := in.Info.Scene; in.Action {
	case "QR_SCENE", "QR_LIMIT_SCENE":
		temporary = in.Action == "QR_SCENE"
		scene = strconv.FormatInt(sc.ID, 10)
		valid = sc.ID > 0 && sc.ID < 1<<32 && (temporary || sc.ID <= maxPermanent)
	case "QR_STR_SCENE", "QR_LIMIT_STR_SCENE":
		temporary = in.Action == "QR_STR_SCENE"
		scene, valid = sc.Str, len(sc.Str) >= 1 && len(sc.Str) <= maxScene
	}
	if !valid || in.Expire < 0 || in.Expire > maxCodeLife {
		return c.fail(errActionInfo)
	}
	if in.Expire == 0 {
		in.Expire = defaultCodeLife
	}
	return c.newCode(scene, temporary, in.Expire)
}

func (c *call) newCode(scene string, temporary bool, seconds int) answer {
	q := &qrCode{
		Ticket: "gQ" + c.sim.random.text(94) + "==",
		URL:    "http://weixin.qq.com/q/02" + c.sim.random.text(30),
		Scene:  scene,
	}
	out := map[string]any{"ticket": q.Ticket, "url": q.URL}
	if temporary {
		q.Expires = c.now.Add(time.Duration(seconds) * time.Second)
		out["expire_seconds"] = seconds
	}
	a := c.acct
	a.mu.Lock()
	defer a.mu.Unlock()
	a.keepCode(q)
	return reply(out)
}

// keepCode makes a code findable. The caller holds the account's lock.
func (a *account) keepCode(q *qrCode) {
	a.codes[q.Ticket], a.links[q.URL], a.links[q.Scene] = q, q, q
}

// findCode finds a code by its ticket, by the link it shows, or by its scene
// (the newest code of that scene).
func (a *account) findCode(of string) (*qrCode, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if q, ok := a.codes[of]; ok {
		return q, true
	}
	q, ok := a.links[of]
	return q, ok
}

// showCode is "通过ticket换取二维码", which needs no login. The platform serves it
// from mp.weixin.qq.com as JPEG; here it is a PNG.
func showCode(c *call) answer {
	for _, a := range c.sim.all() {
		if q, ok := a.findCode(c.query.Get("ticket")); ok {
			picture, err := codeImage(q.URL)
			if err != nil {
				return c.fail(errBusy)
			}
			return answer{kind: "image/png", body: picture}
		}
	}
	return answer{status: http.StatusNotFound}
}
