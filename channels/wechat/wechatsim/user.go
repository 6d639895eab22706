package wechatsim

import "time"

// userInfo is "获取用户基本信息(UnionID机制)". A follower's name and picture are no
// longer given (since December 2021); a non-follower has only the openid.
func userInfo(c *call) answer {
	f, code := c.follower(c.query.Get("openid"))
	if code != errNone {
		return c.fail(code)
	}
	f.mu.Lock()
	st := f.state
	f.mu.Unlock()
	out := map[string]any{"subscribe": 0, "openid": f.openID}
	if st.UnionID != "" {
		out["unionid"] = st.UnionID
	}
	if !st.Following {
		return reply(out)
	}
	out["subscribe"] = 1
	out["language"] = "zh_CN"
	out["subscribe_time"] = st.FollowedAt.Unix()
	out["remark"] = ""
	out["groupid"] = 0
	out["tagid_list"] = []int{}
	out["subscribe_scene"] = "ADD_SCENE_SEARCH"
	out["qr_scene"] = 0
	out["qr_scene_str"] = st.Scene
	if st.Scene != "" {
		out["subscribe_scene"] = "ADD_SCENE_QR_CODE"
	}
	return reply(out)
}

// clearsPerMonth is from "清空api的调用quota": 每个帐号每月共10次清零操作机会.
const clearsPerMonth = 10

// clearQuota is "清空api的调用quota".
func clearQuota(c *call) answer {
	var in struct {
		AppID string `json:"appid"`
	}
	if code := c.decode(&in); code != errNone {
		return c.fail(code)
	}
	if in.AppID != c.token.AppID {
		return c.fail(errAppID)
	}
	a := c.acct
	a.mu.Lock()
	defer a.mu.Unlock()
	if m := month(c.now); a.quota.Month != m {
		a.quota.Month, a.quota.Clears = m, 0
	}
	if a.quota.Clears >= clearsPerMonth {
		return c.fail(errClearQuota)
	}
	a.quota.Clears++
	a.quota.Templates = 0
	return ok()
}

// callbackIP is "获取微信推送服务器IP"; callbacks come from this machine.
func callbackIP(*call) answer {
	return reply(map[string][]string{"ip_list": {"127.0.0.1"}})
}

// getTicket is "获取JS-SDK的jsapi_ticket", of the same lifetime as a token.
func getTicket(c *call) answer {
	if kind := c.query.Get("type"); kind != "jsapi" && kind != "wx_card" {
		return c.fail(errBadArgs)
	}
	return reply(struct {
		status
		Ticket  string `json:"ticket"`
		Expires int    `json:"expires_in"`
	}{status{Msg: errmsg(errNone)}, "sim_" + c.sim.random.text(82), int(tokenLife / time.Second)})
}
