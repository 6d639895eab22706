package conversations

import "slices"

// state is how the line stands: as the best of its documents does.
func (i ChecklistItem) state() ItemState {
	best := ItemMissing
	for _, d := range i.Documents {
		switch d.State {
		case DocumentAccepted:
			return ItemAccepted
		case DocumentReceived:
			best = ItemReceived
		}
	}
	return best
}

// kept counts the documents that are stored and were not refused.
func (i ChecklistItem) kept() (n int) {
	for _, d := range i.Documents {
		if d.State == DocumentReceived || d.State == DocumentAccepted {
			n++
		}
	}
	return n
}

// asked are the lines that the bank asks for; what is filed under none is not.
func (a *Application) asked() []ChecklistItem {
	return slices.DeleteFunc(slices.Clone(a.Checklist), func(i ChecklistItem) bool { return i.ID == "" })
}

// complete says whether everything that was asked for is stored.
func complete(items []ChecklistItem) bool {
	return len(items) > 0 && !slices.ContainsFunc(items, func(i ChecklistItem) bool { return i.state() == ItemMissing })
}

// checklist tells the EHR of a change of the current checklist, and when it
// becomes complete. What a new result asks for is no change: the EHR said so.
func (t *turn) checklist() {
	was, is := t.s.Conversation.Application(), t.c.Application()
	if was == nil || is == nil || was.ResultID != is.ResultID || len(was.Checklist)+len(is.Checklist) == 0 {
		return
	}
	before, now := was.asked(), is.asked()
	same := slices.EqualFunc(before, now, func(a, b ChecklistItem) bool {
		return a.ID == b.ID && a.Name == b.Name && a.kept() == b.kept() && a.state() == b.state()
	})
	if same {
		return
	}
	detail := &ChecklistDetail{Complete: complete(now), Items: make([]ChecklistItemDetail, 0, len(now))}
	for _, i := range now {
		detail.Items = append(detail.Items, ChecklistItemDetail{ID: i.ID, Name: i.Name, State: i.state(), Documents: i.kept()})
	}
	t.event(EventChecklistChanged, EventData{Checklist: detail})
	if detail.Complete && !complete(before) {
		t.event(EventChecklistCompleted, EventData{Checklist: detail})
	}
}
