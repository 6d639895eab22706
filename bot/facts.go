package bot

import "jiebao/conversations"

// fact is one thing the bot may tell, as it stands in the offer.
type fact func(*talk) (conversations.Say, bool)

// facts returns the lines of those facts that the offer gives.
func (t *talk) facts(wanted ...fact) []conversations.Say {
	var lines []conversations.Say
	for _, f := range wanted {
		if line, ok := f(t); ok {
			lines = append(lines, line)
		}
	}
	return lines
}

func factPosition(t *talk) (conversations.Say, bool) {
	return phrase("fact.position", args{"position": t.title()}), t.app.Position.Title != ""
}

func factPassed(t *talk) (conversations.Say, bool) {
	return phrase("fact.passed", nil), t.app.Interview.Passed
}

func factWorkplace(t *talk) (conversations.Say, bool) {
	place := t.app.Offer.Workplace
	return phrase("fact.workplace", args{"workplace": clip(place, maxPlace)}), place != ""
}

func factContact(t *talk) (conversations.Say, bool) {
	name, phone := clip(t.app.Offer.ContactName, maxName), clip(t.app.Offer.ContactPhone, maxPhone)
	switch {
	case phone == "":
		return phrase("fact.contact_name", args{"name": name}), name != ""
	case name == "":
		return phrase("fact.contact_phone", args{"phone": phone}), true
	}
	return phrase("fact.contact", args{"name": name, "phone": phone}), true
}

func factReplyBy(t *talk) (conversations.Say, bool) {
	by := t.app.Offer.ReplyBy
	return phrase("fact.reply_by", args{"time": by.In(t.Now.Location())}), t.open() && !by.IsZero()
}

func factDocuments(t *talk) (conversations.Say, bool) {
	all := t.checklist(false)
	return phrase("fact.documents", args{"items": items(all)}), len(all) > 0
}

func factMissing(t *talk) (conversations.Say, bool) {
	missing := t.checklist(true)
	if len(missing) > 0 {
		return phrase("fact.missing", args{"items": items(missing)}), !t.over()
	}
	return phrase("fact.complete", nil), len(t.checklist(false)) > 0 && t.app.Answer != conversations.Withdrawn
}

// factPending is the request that HR has not answered yet.
func factPending(t *talk) (conversations.Say, bool) {
	if t.app.Answer != conversations.Requested {
		return conversations.Say{}, false
	}
	return factStatus(t)
}

// factStatus is where the candidate stands on the offer.
func factStatus(t *talk) (conversations.Say, bool) {
	standing := t.standing()
	switch t.app.Answer {
	case conversations.Confirmed:
		return phrase("status.confirmed", args{"date": standing}), !standing.IsZero()
	case conversations.Requested:
		return phrase("status.requested", args{"date": standing, "requested": t.requested()}), !standing.IsZero() && !t.requested().IsZero()
	case conversations.Countered:
		return phrase("status.countered", args{"date": t.proposed()}), !t.proposed().IsZero()
	case conversations.Declined:
		return phrase("status.declined", nil), true
	case conversations.Withdrawn:
		return phrase("status.withdrawn", nil), true
	}
	return phrase("status.open", args{"date": t.proposed()}), !t.proposed().IsZero()
}
