package console

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"jiebao/bot/phrases"
	texts "jiebao/config/locales"
	"jiebao/conversations"
	"jiebao/conversations/audit"
	"jiebao/conversations/relay"
	"jiebao/gateway/preflight"
)

// dynamic are the keys that are put together from a name: what comes before
// the name, and the names.
func dynamic() map[string][]string {
	var reasons, statuses, roles []string
	for _, r := range []conversations.Reason{
		conversations.Temporary, conversations.Throttled, conversations.QuotaUsedUp, conversations.WindowClosed, conversations.Unsubscribed,
		conversations.BadRecipient, conversations.BadContent, conversations.MediaExpired, conversations.Credentials, conversations.OutcomeUnsure, conversations.OptedOut, conversations.Cancelled, conversations.LeavesLater, conversations.AccountDown,
	} {
		reasons = append(reasons, string(r))
	}
	reasons = append(reasons, "window_closed_95018", "bad_recipient_43101")
	for _, s := range []conversations.Status{
		conversations.Queued, conversations.Unknown, conversations.Sent, conversations.Failed, conversations.Delivered, conversations.Read,
	} {
		statuses = append(statuses, s.String())
	}
	var inRail []string
	for _, s := range sections() {
		inRail = append(inRail, s.id)
	}
	for _, r := range conversations.Roles() {
		roles = append(roles, string(r))
	}
	var keyed []string
	for _, group := range keyboard() {
		for _, s := range group.keys {
			keyed = append(keyed, s.words)
		}
	}
	var did []string
	for _, a := range audit.Actions() {
		did = append(did, strings.ReplaceAll(string(a), ".", "_"))
	}
	all := map[string][]string{
		"audit.did_": did,
		"audit.detail_": {
			"account", "agent", "article", "at", "by", "changed", "channel", "choice", "conflict", "date", "despite_opt_out", "differs", "do", "document",
			"entries", "event", "events", "from", "given_up", "item", "kind", "message", "outcome", "overbook", "overlap", "permission", "purpose", "question",
			"request", "result", "role", "scope", "scopes", "secret", "state", "status", "system", "to", "until", "upto", "verdict", "version",
		},
		"numbers.days_":  {"1", "7", "30"},
		"numbers.stage_": {"told", "sent", "delivered", "read", "replied", "confirmed"},
		"numbers.per_":   {"branch", "position", "channel"},
		"numbers.":       {"branch", "position", "channel"},
		"audit.of_":      {audit.OfAgent, audit.OfEndpoint, audit.OfArticle, audit.OfQuestion, audit.OfAlarm, audit.OfReport, audit.OfDocument, audit.OfCandidate, audit.OfDevice, audit.OfCanned, audit.OfBulk},
		"audit.flaw_":    {"gap", "hash", "entry", "end", "signature", "head"},
		"nav.":           inRail,
		"keys.":          keyed,
		"theme.":         {string(asSystem), string(light), string(dark)},
		"account.weak_":  {"name", "too_short", "too_long", "common"},
		"account.done_":  {"password", "factor_removed", "ended", "bound", "taken"},
		"account.way_":   {conversations.ByLink, conversations.ByPassword, conversations.ByOIDC, conversations.ByWeCom},
		"person.done_":   {"changed", "factor_removed", "ended"},
		"people.role_":   roles,
		"people.means_":  roles,
		"reason.":        reasons,
		"call.why_":      {conversations.CallUnanswered},
		"preflight.": {
			string(preflight.Told), string(preflight.Later), string(preflight.Called), string(preflight.Waits), string(preflight.Refused),
			string(preflight.Conflict), string(preflight.Posted), string(preflight.Forbidden),
		},
		"preflight.why_": {string(preflight.AccountPaused), string(preflight.StepRefused)},
		"channel.": {
			string(conversations.ChannelOpen), string(conversations.ChannelFree), string(conversations.ChannelTemplates), string(conversations.ChannelClosed),
			string(conversations.ChannelUnfollowed), string(conversations.ChannelBadAddress), string(conversations.ChannelOptedOut), string(conversations.ChannelGone),
		},
		"medium.": {
			string(conversations.Chat), string(conversations.Push), string(conversations.SMS), string(conversations.Email), string(conversations.Call), string(conversations.Page), string(conversations.Person),
		},
		"plan.":      append([]string{"skipped", "listed", "due", "later", "dropped"}, statuses...),
		"plan.over_": {conversations.OverAnswered, conversations.OverOpened, conversations.OverCalled, conversations.OverCancelled, conversations.OverSuperseded, conversations.OverWithdrawn},
		"skipped.": {
			conversations.SkippedNoAccount, conversations.SkippedNoAddress, conversations.SkippedUnfollowed, conversations.SkippedBadAddress, conversations.SkippedNoTemplate,
			conversations.SkippedTried, conversations.SkippedListed, string(conversations.GotDelivered), string(conversations.GotRead),
		},
		"status.":         append([]string{"taken_back"}, statuses...),
		"answer.":         {"open", string(conversations.Confirmed), string(conversations.Requested), string(conversations.Countered), string(conversations.Declined), string(conversations.Withdrawn)},
		"verdict.":        {"pending", string(conversations.Approve), string(conversations.Refuse), string(conversations.Counter), string(conversations.Superseded)},
		"kind.":           {string(conversations.Image), string(conversations.File), string(conversations.Video)},
		"document.state_": {string(conversations.DocumentFetching), string(conversations.DocumentReceived), string(conversations.DocumentAccepted), string(conversations.DocumentRejected)},
		"waiting.":        {conversations.WaitingUnbound, conversations.WaitingUnfollowed, conversations.WaitingNoTemplate, conversations.WaitingOptedOut, conversations.WaitingQuiet, conversations.WaitingClosed, conversations.WaitingCancelled},
		"purpose.":        {conversations.PurposeResult, conversations.PurposeWaiting, conversations.PurposeOfferReminder, conversations.PurposePapersReminder, conversations.PurposeStartDate, conversations.PurposeStartDateCancelled},
		"bound.":          {"scene", "code", "ehr"},
		"asked.":          {"start", "date", "read_back", "pick", "sure", "what", "article"},
		"against.":        {"rest_day", "holiday", "too_early", "too_late", "notice_period", "medical_expired", "payroll_cutoff", "not_a_class_day"},
		"intent.": {
			"confirm", "reschedule", "decline", "upload_document", "question", "human", "complaint", "optout", "negative_ack", "thanks", "greeting", "chitchat_other",
		},
		"article.state_":   {string(conversations.Draft), string(conversations.Approved), string(conversations.Retired), string(fromFile)},
		"article.done_":    {"save", "approve", "retire", "restore"},
		"alarm.do_":        {"40001", "40013", "40125", "40164", "45009", "48001", "48004", "60020", "89503", "credentials", "quota_used_up", "temporary", "outcome_unsure", "endpoint_down", "endpoint_failing", "endpoint_gone", "unwritten"},
		"endpoint.paused_": {string(relay.PausedByHand), string(relay.PausedGone), string(relay.PausedFailing)},
		"conflict.part_":   {conversations.PartStartDate, conversations.PartAnswer, conversations.PartDocuments},
		"report.kind_":     {string(conversations.ReconcileNightly), string(conversations.ReconcilePosted), string(conversations.ReconcileAsked)},
		"report.found_": {
			string(conversations.BehindUs), string(conversations.AheadOfUs), string(conversations.UnknownToUs), string(conversations.UnknownToThem),
			string(conversations.InConflict), string(conversations.NotTaken), string(conversations.GivenUp),
		},
		"endpoint.kind_": {string(relay.Webhook), string(relay.Feed)},
		"endpoint.tab_":  {"log", "dead", "settings"},
		"canned.var_":    conversations.CannedVariables(),
		"topic.":         {string(conversations.TopicOffer), string(conversations.TopicPapers)},
		"language.":      {"zh_cn", "zh_hk", "en"},
		"refused.":       {"too_large", "wrong_type", "unreadable", "encrypted", "too_many_pages", "infected", "expired", "duplicate"},
		"handoff.": {
			conversations.HandoffAsked, conversations.HandoffFailed, conversations.HandoffUpset, conversations.HandoffIdentity, conversations.HandoffPolicy, conversations.HandoffQuestion, conversations.HandoffDistress, "taken_over",
		},
		"note.": {
			"taken_over", "handed_back", "claim_refused", "reinvited", "confirmed", "requested", "declined", "decided_approved", "decided_refused", "decided_countered",
			"page_locked", "failure_dismissed", "call_listed", "called_reached", "called_no_answer", "called_wrong_number", "preferred", "plan_cancelled", "send_cancelled", "offer_changed", "offer_withdrawn", "conflict_found", "conflict_settled", "assigned", "result", "tapped", "opted_out", "opted_in", "followed", "unfollowed", "scanned", "reviewed_", "reviewed_accepted", "reviewed_rejected",
			"woken", "woken_by", "reopened", "reopened_by", "unassigned",
		},
	}
	maps.Copy(all, panelWords())
	maps.Copy(all, listWords())
	return all
}

// used collects every key that the sources name.
func used(t *testing.T) map[string]bool {
	t.Helper()
	keys := map[string]bool{}
	literal := regexp.MustCompile(`"((?:[a-z]+\.)[a-z_]+|brand|brand_long|signout)"`)
	sources, err := filepath.Glob("*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") || filepath.Ext(name) != ".go" && filepath.Ext(name) != ".templ" {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range literal.FindAllStringSubmatch(string(b), -1) {
			keys[m[1]] = true
		}
	}
	for prefix, names := range dynamic() {
		for _, n := range names {
			keys[prefix+n] = true
		}
	}
	return keys
}

// TestEveryKeyHasWordsAndEveryWordIsUsed relies on phrases for the rest: that
// each key stands in all three locales with the same arguments.
func TestEveryKeyHasWordsAndEveryWordIsUsed(t *testing.T) {
	t.Parallel()
	p, err := phrases.New(texts.Embedded(), nil)
	if err != nil {
		t.Fatal(err)
	}
	keys := used(t)
	for key := range keys {
		if dynamic()[key] != nil || strings.HasSuffix(key, ".css") || strings.HasSuffix(key, ".js") || strings.HasSuffix(key, ".svg") {
			continue
		}
		if _, ok := p.Args("console." + key); !ok {
			t.Errorf("%s has no words", key)
		}
	}
	for _, key := range p.Keys() {
		if key, ok := strings.CutPrefix(key, "console."); ok && !keys[key] {
			t.Errorf("nobody says %s", key)
		}
	}
}

// strict fails the test for a key or an argument that does not fit, where
// pages would show the key.
type strict struct {
	t     *testing.T
	words Words
}

func (s strict) Words(l conversations.Locale, key string, args map[string]any) (string, error) {
	text, err := s.words.Words(l, key, args)
	if err != nil {
		s.t.Error(err)
	}
	return text, err
}

func TestEveryPageInEveryLanguage(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	d.c.o.Words = strict{t, d.c.o.Words}
	seenIn := map[string]map[string]bool{}
	for _, l := range locales() {
		d.locale = string(l)
		for _, path := range []string{
			"/signin?token=x", "/inbox?view=all", "/inbox?view=requests", "/inbox/filters?branch=head/beijing", "/inbox/bulk", "/inbox/zhang", "/inbox/wang", "/inbox/follower", "/inbox/qian",
			"/inbox/zhao", "/inbox/liu", "/inbox/emma", "/inbox/agents", "/inbox/audit", "/inbox/numbers", "/inbox/nobody",
			"/knowledge", "/knowledge/new", "/knowledge/parking", "/knowledge/file?id=medical&locale=zh-CN", "/knowledge/gaps", "/knowledge/gaps/zhang-9.1",
		} {
			body := d.get(path).Body.String()
			if !strings.Contains(body, `lang="`+string(l)+`"`) {
				t.Errorf("%s is not in %s", path, l)
			}
			if seenIn[path] == nil {
				seenIn[path] = map[string]bool{}
			}
			if seenIn[path][body] {
				t.Errorf("%s reads the same in two languages", path)
			}
			seenIn[path][body] = true
		}
	}
}
