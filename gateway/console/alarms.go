package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/conversations/relay"
)

// mountAlarms adds what keeps accounts from their work.
func (c *Console) mountAlarms(r gin.IRouter) {
	r.GET("/inbox/alarms", c.may(conversations.MayRead, (*Console).alarms))
	r.POST("/inbox/alarms/:alarm/resume", c.may(conversations.MayRun, (*Console).resume))
}

// noteAlarms learns what keeps accounts that reach the agent's candidates from
// their work. Pages do without rather than fail.
func (c *Console) noteAlarms(g *gin.Context, v *view) {
	alarms, err := c.o.Store.Alarms(g.Request.Context(), v.agent.In(conversations.MayRead), v.now)
	if err != nil {
		c.log(g, fmt.Errorf("reading the alarms: %w", err))
	}
	for _, a := range alarms {
		if a.Ended.IsZero() {
			v.addAlarm(a)
		}
	}
	c.noteDisagreement(g, v)
}

// addAlarm adds an alarm to those that are shown. What an account cannot do for
// one and the same cause is one banner, which says the gravest.
func (v *view) addAlarm(a conversations.AlarmView) {
	for i := range v.alarms {
		shown := &v.alarms[i]
		if shown.Account != a.Account || shown.Reason != a.Reason || shown.Code != a.Code {
			continue
		}
		a.Waiting += shown.Waiting
		if a.Work == conversations.TaskDeliver || shown.Work != conversations.TaskDeliver && a.Work == conversations.TaskPull {
			*shown = a
		}
		shown.Waiting = a.Waiting
		return
	}
	v.alarms = append(v.alarms, a)
}

// alarms are the banners alone, for a page that is open.
func (c *Console) alarms(g *gin.Context, v *view) {
	c.noteAlarms(g, v)
	c.show(g, http.StatusOK, alarmBanners(v))
}

// resume tries an account again at once. An alarm that was over before is what
// the agent wanted, too.
func (c *Console) resume(g *gin.Context, v *view) {
	err := c.o.Store.Resume(g.Request.Context(), v.agent.In(conversations.MayRun), g.Param("alarm"), v.agent.ID)
	if err != nil && !errors.Is(err, conversations.ErrNotFound) {
		c.fail(g, v, fmt.Errorf("resuming an account: %w", err))
		return
	}
	if isHTMX(g) {
		c.alarms(g, v)
		return
	}
	c.redirect(g, v.home())
}

func resumeURL(a conversations.AlarmView) string {
	return "/inbox/alarms/" + url.PathEscape(a.ID) + "/resume"
}

// alarmTitle says what the account cannot do.
func (v *view) alarmTitle(a conversations.AlarmView) string {
	name := a.Name
	if name == "" {
		name = a.Account
	}
	switch a.Work {
	case conversations.TaskEvent:
		switch a.Reason {
		case conversations.EndpointDown:
			return v.T("alarm.endpoint_late", "name", name)
		case conversations.GaveUp:
			return v.T("alarm.endpoint_gave_up", "name", name)
		}
		return v.T("alarm.endpoint_paused", "name", name)
	case conversations.WorkDaily:
		return v.T("alarm.cannot_write", "name", name)
	case conversations.TaskPull:
		return v.T("alarm.cannot_receive", "name", name)
	case conversations.TaskInvite:
		return v.T("alarm.cannot_invite", "name", name)
	case conversations.TaskMark:
		return v.T("alarm.cannot_mark", "name", name)
	case conversations.TaskPush:
		if a.Reason == conversations.GaveUp {
			return v.T("alarm.push_gave_up")
		}
		return v.T("alarm.cannot_push")
	case conversations.TaskFetch:
		return v.T("alarm.cannot_fetch", "name", name)
	}
	return v.T("alarm.cannot_send", "name", name)
}

// remedy is what to do: for the platform's code if there are words for it, and
// otherwise for the reason.
func (v *view) remedy(a conversations.AlarmView) string {
	switch {
	case a.Work == conversations.TaskPush && a.Reason == conversations.GaveUp:
		return v.T("alarm.do_push_given_up")
	case a.Work == conversations.TaskPush && a.Reason == conversations.Credentials:
		return v.T("alarm.do_push_credentials")
	case a.Work == conversations.TaskPush:
		return v.T("alarm.do_push_temporary")
	case a.Reason == conversations.GaveUp:
		return v.T("alarm.do_events_given_up")
	}
	return v.Tor("alarm.do_"+a.Code, v.T("alarm.do_"+string(a.Reason)))
}

// alarmPlace is where more is known about what an alarm is about, and what
// leads there is called; "" if there is no such place for the agent.
func (v *view) alarmPlace(a conversations.AlarmView) (address, words string) {
	endpoint, ok := relay.AlarmEndpoint(a.Account)
	switch {
	case !ok, !v.agent.In(conversations.MayRun).Writes(a.Branch):
		return "", ""
	case a.Reason == conversations.GaveUp:
		return endpointURL(endpoint, "/dead"), v.T("alarm.see_dead")
	}
	return endpointURL(endpoint), v.T("alarm.see_endpoint")
}

// alarmWaiting says how much waits for the end of an alarm.
func (v *view) alarmWaiting(a conversations.AlarmView) string {
	if a.Reason == conversations.GaveUp {
		what := "alarm.gave_up_events"
		if a.Work == conversations.TaskPush {
			what = "alarm.gave_up_documents"
		}
		return v.T(what, "n", a.Count, "who", a.Waiting)
	}
	switch a.Work {
	case conversations.TaskEvent:
		return v.T("alarm.waiting_events", "n", a.Waiting)
	case conversations.TaskPush:
		return v.T("alarm.waiting_push", "n", a.Waiting)
	}
	return v.T("alarm.waiting", "n", a.Waiting)
}

// serious says whether somebody has to do something about an alarm.
func serious(a conversations.AlarmView) bool {
	switch a.Reason {
	case conversations.Credentials, conversations.EndpointFailing, conversations.EndpointGone, conversations.GaveUp, conversations.Unwritten:
		return true
	}
	return false
}
