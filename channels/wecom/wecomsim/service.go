package wecomsim

import (
	"slices"
	"time"
)

// getServiceState is 获取会话状态.
func getServiceState(c *call) answer {
	_, s, code := c.sessionOf()
	if code != 0 {
		return c.fail(code)
	}
	return c.ok(map[string]any{"service_state": s.State, "servicer_userid": s.Servicer})
}

// serviceChange is the body of both calls about a session's state.
type serviceChange struct {
	OpenKfID string `json:"open_kfid"`
	Customer string `json:"external_userid"`
	State    int    `json:"service_state"`
	Servicer string `json:"servicer_userid"`
}

func (c *call) sessionOf() (in serviceChange, s *session, code int) {
	if code := c.decode(&in); code != 0 {
		return in, nil, code
	}
	k, ok := c.kfOf(in.OpenKfID)
	if !ok {
		return in, nil, errKfID
	}
	if _, known := c.state.Customers[in.Customer]; !known {
		return in, nil, errExternalUser
	}
	return in, k.session(in.Customer), 0
}

// moves are the changes that 变更会话状态 allows. That a session which waits may
// go back to the bot is said nowhere clearly [?]; here it may.
var moves = map[int][]int{
	StateNew:     {StateBot, StateWaiting, StatePerson, StateEnded},
	StateBot:     {StateBot, StateWaiting, StatePerson, StateEnded},
	StateWaiting: {StateBot, StatePerson, StateEnded},
	StatePerson:  {StatePerson, StateEnded},
	StateEnded:   {},
}

// transServiceState is 变更会话状态.
func transServiceState(c *call) answer {
	in, s, code := c.sessionOf()
	if code != 0 {
		return c.fail(code)
	}
	if !slices.Contains(moves[s.State], in.State) {
		return c.fail(errTransition)
	}
	if in.State == StatePerson {
		if _, known := c.state.Members[memberKey(c.app.CorpID, in.Servicer)]; !known {
			return c.fail(errNotServicer)
		}
	}
	s.State, s.Servicer = in.State, in.Servicer
	return c.ok(nil)
}

// listKf is 获取客服账号列表: all of them, which never are more than a page.
func listKf(c *call) answer {
	var in struct{ Offset, Limit int }
	if code := c.decode(&in); code != 0 {
		return c.fail(code)
	}
	list := []map[string]any{}
	for _, k := range c.state.Kfs {
		if k.App == appKey(c.app.CorpID, c.app.AgentID) {
			list = append(list, map[string]any{"open_kfid": k.OpenKfID, "name": k.Name, "avatar": "", "manage_privilege": true})
		}
	}
	return c.ok(map[string]any{"account_list": list})
}

// link is a link into a chat (获取客服账号链接).
type link struct {
	Kf    string `json:"kf"`
	Scene string `json:"scene"`
}

// addContactWay is 获取客服账号链接.
func addContactWay(c *call) answer {
	var in struct {
		OpenKfID string `json:"open_kfid"`
		Scene    string `json:"scene"`
	}
	if code := c.decode(&in); code != 0 {
		return c.fail(code)
	}
	if _, ok := c.kfOf(in.OpenKfID); !ok {
		return c.fail(errKfID)
	}
	if !messageID.MatchString(in.Scene) {
		return c.fail(errArgument)
	}
	enc := "ENC" + c.text(16)
	for have, l := range c.state.Links {
		if *l == (link{in.OpenKfID, in.Scene}) {
			enc = have
		}
	}
	c.state.Links[enc] = &link{in.OpenKfID, in.Scene}
	return c.ok(map[string]any{"url": "https://work.weixin.qq.com/kfid/kfc" + in.OpenKfID + "?enc_scene=" + enc})
}

// getCustomers is 获取客户基础信息: of those who came in or wrote within 48 hours.
func getCustomers(c *call) answer {
	var in struct {
		IDs     []string `json:"external_userid_list"`
		Context int      `json:"need_enter_session_context"`
	}
	if code := c.decode(&in); code != 0 {
		return c.fail(code)
	}
	list, invalid := []map[string]any{}, []string{}
	for _, id := range in.IDs {
		who, ok := c.state.Customers[id]
		s := c.lately(id)
		if !ok || s == nil {
			invalid = append(invalid, id)
			continue
		}
		one := map[string]any{"external_userid": id, "nickname": who.Name, "avatar": "", "gender": 0, "unionid": who.UnionID}
		if in.Context == 1 {
			one["enter_session_context"] = map[string]any{"scene": s.Scene, "scene_param": s.Param}
		}
		list = append(list, one)
	}
	return c.ok(map[string]any{"customer_list": list, "invalid_external_userid": invalid})
}

// lately is the customer's session with an account of the app in which they
// did something within 48 hours.
func (c *call) lately(customer string) *session {
	for _, k := range c.state.Kfs {
		s, ok := k.Sessions[customer]
		if ok && k.App == appKey(c.app.CorpID, c.app.AgentID) && c.at.Sub(latest(s.Last, s.Entered)) < window {
			return s
		}
	}
	return nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
