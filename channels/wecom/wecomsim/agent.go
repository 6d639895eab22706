package wecomsim

import (
	"slices"
	"strconv"
	"strings"
)

// getAgent is 获取指定的应用详情: an app sees itself only. All members see it.
func getAgent(c *call) answer {
	if c.query.Get("agentid") != strconv.FormatInt(c.app.AgentID, 10) {
		return c.fail(errForeignAgent)
	}
	users := []map[string]string{}
	for key := range c.state.Members {
		if id, ours := strings.CutPrefix(key, memberKey(c.app.CorpID, "")); ours {
			users = append(users, map[string]string{"userid": id})
		}
	}
	slices.SortFunc(users, func(a, b map[string]string) int { return strings.Compare(a["userid"], b["userid"]) })
	return c.ok(map[string]any{
		"agentid": c.app.AgentID, "name": c.app.Name, "square_logo_url": "", "description": "",
		"allow_userinfos": map[string]any{"user": users}, "allow_partys": map[string]any{"partyid": []int{}}, "allow_tags": map[string]any{"tagid": []int{}},
		"close": 0, "redirect_domain": "", "report_location_flag": 0, "isreportenter": 1, "home_url": "",
	})
}
