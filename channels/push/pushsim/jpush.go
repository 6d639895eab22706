package pushsim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// jpushStatus are the codes with their HTTP statuses (推送 API, 返回码).
var jpushStatus = map[int]int{
	1000: 500, 1001: 405, 1002: 400, 1003: 400, 1004: 401, 1005: 400, 1008: 400, 1009: 400, 1011: 400, 1012: 400, 1020: 404, 1030: 503,
	2002: 429, 2003: 403, 2004: 403, 2005: 403, 2006: 403, 2007: 403,
}

func jpushFailure(code int) reply {
	status, ok := jpushStatus[code]
	if !ok {
		status = 400
	}
	r := reply{status: status, body: map[string]any{"error": map[string]any{"code": code, "message": "failed with " + strconv.Itoa(code)}}}
	if code == 2002 { // REST API 概述, 频率控制
		r.header = map[string]string{"X-Rate-Limit-Limit": "600", "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "20"}
	}
	return r
}

// admits checks the Basic credentials (REST API 概述, 鉴权方式).
func (a *jpushApp) admits(c *call) bool {
	user, password, ok := c.r.BasicAuth()
	return a != nil && ok && user == a.AppKey && password == a.MasterSecret && !c.kill
}

// jpushCIDs gives out what pushes are known by, for a day (高级功能 API,
// 获取推送唯一标识).
func (s *Sim) jpushCIDs(c *call) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	app := s.apps.jpush
	if !app.admits(c) {
		return jpushFailure(1004)
	}
	count := 1
	if text := c.r.URL.Query().Get("count"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return jpushFailure(1003)
		}
		count = min(n, 10) // without VIP
	}
	list := []string{}
	for range count {
		s.serial++
		cid := fmt.Sprintf("%s-00000000-0000-4000-8000-%012d", app.AppKey, s.serial)
		app.cids[cid] = c.now.Add(24 * time.Hour)
		list = append(list, cid)
	}
	return reply{status: http.StatusOK, body: map[string]any{"cidlist": list}}
}

// jpushDocument is a push (推送 API).
type jpushDocument struct {
	CID      string          `json:"cid"`
	Platform json.RawMessage `json:"platform"`
	Audience struct {
		IDs []string `json:"registration_id"`
	} `json:"audience"`
	Notification struct {
		Android *struct {
			Alert   string            `json:"alert"`
			Title   string            `json:"title"`
			Channel string            `json:"channel_id"`
			Extras  map[string]string `json:"extras"`
		} `json:"android"`
	} `json:"notification"`
	Options struct {
		TTL            *int           `json:"time_to_live"`
		CollapseID     string         `json:"apns_collapse_id"`
		Classification int            `json:"classification"`
		Vendors        map[string]any `json:"third_party_channel"`
	} `json:"options"`
}

// jpushPush takes a push. One whose cid was pushed before is answered as it was
// then, and shown to nobody.
func (s *Sim) jpushPush(c *call) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	app := s.apps.jpush
	if !app.admits(c) {
		return jpushFailure(1004)
	}
	var v jpushDocument
	switch {
	case json.Unmarshal(c.body, &v) != nil:
		return jpushFailure(1003)
	case len(v.Platform) == 0, v.Notification.Android == nil:
		return jpushFailure(1002)
	case len(c.body) > 4000, len(v.Options.CollapseID) > 64:
		return jpushFailure(1005)
	}
	if v.CID != "" {
		until, known := app.cids[v.CID]
		if !known || !c.now.Before(until) {
			return jpushFailure(1003)
		}
		if before, pushed := app.pushed[v.CID]; pushed {
			return before
		}
	}
	life := 24 * time.Hour
	if t := v.Options.TTL; t != nil {
		life = time.Duration(*t) * time.Second
	}
	if life < 0 || life > 3*24*time.Hour { // without VIP
		return jpushFailure(1003)
	}
	reached := 0
	for _, id := range v.Audience.IDs {
		phone, gone, fits := s.find("jpush", id, app.AppKey)
		if phone == nil || !gone.IsZero() || !fits {
			continue
		}
		reached++
		n := Shown{Provider: "jpush", Title: v.Notification.Android.Title, Text: v.Notification.Android.Alert, Category: v.category(phone.Vendor), Until: c.now.Add(life)}
		n.lead(v.Notification.Android.Extras)
		phone.take(c, n)
	}
	if reached == 0 {
		return jpushFailure(1011)
	}
	s.serial++
	answer := reply{status: http.StatusOK, body: map[string]string{"sendno": "0", "msg_id": strconv.Itoa(18_000_000_000 + s.serial)}}
	if v.CID != "" {
		app.pushed[v.CID] = answer
	}
	return answer
}

// category is what the vendor of a phone takes the notification for.
func (v *jpushDocument) category(vendor string) string {
	settings, _ := v.Options.Vendors[vendor].(map[string]any)
	for _, name := range []string{"category", "channel_id"} {
		if text, ok := settings[name].(string); ok && text != "" {
			return text
		}
	}
	return v.Notification.Android.Channel
}
