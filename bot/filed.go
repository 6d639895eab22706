package bot

import (
	"slices"
	"time"

	"jiebao/conversations"
)

const (
	// burst is how long the bot waits for the other files of a row before it
	// tells what it has got.
	burst = 2 * time.Minute
	// maxUntold and maxRefused bound what is told about in one message.
	maxUntold  = 30
	maxRefused = 3
)

// filed tells what became of documents. Those that come in a row are told
// about in one message, since messages are few.
func (t *talk) filed() {
	for _, d := range t.Heard.Filed {
		if len(t.memory.Untold) < maxUntold && !slices.Contains(t.memory.Untold, d.ID) {
			t.memory.Untold = append(t.memory.Untold, d.ID)
		}
	}
	if t.fetching() {
		return
	}
	kept, refused := t.untold()
	t.memory.Untold = nil
	if len(kept)+len(refused) == 0 {
		return
	}
	t.tellFiled(kept, refused)
	t.goOn()
}

// fetching says whether another file of the row is on its way.
func (t *talk) fetching() bool {
	for _, it := range t.app.Checklist {
		for _, d := range it.Documents {
			if d.State == conversations.DocumentFetching && t.Now.Sub(d.At) < burst {
				return true
			}
		}
	}
	return false
}

// untold are the documents that the candidate has not been told about yet, as
// they stand now.
func (t *talk) untold() (kept, refused []conversations.Document) {
	for _, id := range t.memory.Untold {
		d := t.app.Document(id)
		if d == nil {
			continue
		}
		switch d.State {
		case conversations.DocumentReceived:
			kept = append(kept, *d)
		case conversations.DocumentRejected:
			refused = append(refused, *d)
		}
	}
	return kept, refused
}

// tellFiled says all of it at once, and asks for what comes next: a refused
// document once more, or else the first that is missing.
func (t *talk) tellFiled(kept, refused []conversations.Document) {
	var told []conversations.Say
	if len(kept) > 0 {
		told = append(told, t.keptWords(kept))
	}
	for _, d := range distinct(refused) {
		told = append(told, t.refusal(d))
	}
	t.memory.Item = ""
	missing := t.checklist(true)
	switch {
	case len(refused) > 0:
		t.memory.Item = refused[0].Item
	case len(missing) > 0:
		t.memory.Item = missing[0].ID
		told = append(told, phrase("documents.next", args{"items": items(missing), "item": t.itemName(missing[0].ID)}))
	case len(t.checklist(false)) > 0:
		told = append(told, phrase("documents.complete", nil))
	}
	t.tell(lines(told[0], told[1:]...))
}

// distinct leaves out what would only be said again.
func distinct(refused []conversations.Document) []conversations.Document {
	var out []conversations.Document
	for _, d := range refused {
		same := func(o conversations.Document) bool { return o.Item == d.Item && o.Reason == d.Reason }
		if len(out) < maxRefused && !slices.ContainsFunc(out, same) {
			out = append(out, d)
		}
	}
	return out
}

func (t *talk) keptWords(kept []conversations.Document) conversations.Say {
	if len(kept) == 1 {
		return phrase("documents.filed", args{"item": t.itemName(kept[0].Item)})
	}
	var under []conversations.ChecklistItem
	for _, d := range kept {
		for _, it := range t.checklist(false) {
			if it.ID == d.Item && !slices.ContainsFunc(under, func(u conversations.ChecklistItem) bool { return u.ID == it.ID }) {
				under = append(under, it)
			}
		}
	}
	if len(under) == 0 {
		return phrase("documents.filed_extra", args{"count": len(kept)})
	}
	return phrase("documents.filed_several", args{"items": items(under), "count": len(kept)})
}

// refusal explains why a document has to be sent again: a check's reason in
// the bot's words, HR's in its own.
func (t *talk) refusal(d conversations.Document) conversations.Say {
	item := t.itemName(d.Item)
	switch d.Reason {
	case "too_large":
		return t.orByPage(phrase("documents.refused.too_large", args{"item": item}))
	case "wrong_type", "unreadable", "encrypted", "too_many_pages", conversations.Infected, "expired", conversations.Duplicate:
		return phrase("documents.refused."+d.Reason, args{"item": item})
	case conversations.TooMany:
		return phrase("documents.refused.too_many", nil)
	case "":
		return phrase("documents.refused.by_hr_plain", args{"item": item})
	}
	return phrase("documents.refused.by_hr", args{"item": item, "reason": clip(d.Reason, maxNote)})
}
