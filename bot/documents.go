package bot

import (
	"strings"

	"jiebao/conversations"
)

// checklist returns the items that documents are wanted for, or only those
// still missing.
func (t *talk) checklist(missing bool) []conversations.ChecklistItem {
	var list []conversations.ChecklistItem
	for _, it := range t.app.Checklist {
		if it.ID != "" && (!missing || it.Missing()) {
			list = append(list, it)
		}
	}
	return list
}

// items names documents, and counts them when they are too many to name.
func items(list []conversations.ChecklistItem) any {
	var names []string
	for _, it := range list[:min(len(list), maxItems)] {
		names = append(names, clip(it.Name, maxItem))
	}
	if len(list) <= maxItems {
		return names
	}
	return phrase("fact.items", args{"items": names, "count": len(list)})
}

// itemName names the item of that id.
func (t *talk) itemName(id string) any {
	for _, it := range t.checklist(false) {
		if it.ID == id {
			return clip(it.Name, maxItem)
		}
	}
	return phrase("documents.unnamed", nil)
}

// document takes in a photo or file. Several in a row go under one item: the
// bot moves to the next one only when it has asked for it.
func (t *talk) document() {
	if t.Heard.Document.ID == "" {
		t.tell(t.refusal(*t.Heard.Document))
		t.keepQuestion()
		return
	}
	if t.withdrawn() {
		return
	}
	item := t.itemNamed(t.Heard.Text)
	if item == "" && t.hasItem(t.memory.Item) {
		item = t.memory.Item
	}
	if missing := t.checklist(true); item == "" && len(missing) > 0 {
		item = missing[0].ID
	}
	t.memory.Item, t.memory.Failures = item, 0
	if item == "" {
		t.say("documents.received_extra", nil)
	} else {
		t.do(conversations.FileUnder{Document: t.Heard.Document.ID, Item: item})
		t.say("documents.received", args{"item": t.itemName(item)})
	}
	t.keepQuestion()
}

// fileCertain files a document that a person talks about with the candidate,
// if there is no doubt where it belongs.
func (t *talk) fileCertain() {
	d := t.Heard.Document
	if d == nil || d.ID == "" || t.app == nil {
		return
	}
	item, missing := t.itemNamed(t.Heard.Text), t.checklist(true)
	if item == "" && len(missing) == 1 {
		item = missing[0].ID
	}
	if item != "" {
		t.do(conversations.FileUnder{Document: d.ID, Item: item})
	}
}

func (t *talk) hasItem(id string) bool {
	for _, it := range t.checklist(false) {
		if it.ID == id {
			return true
		}
	}
	return false
}

// itemNamed returns the id of the item whose name, or the beginning of it, is
// in the text, or else of one of the kind that the text names; "" if there is
// none. The longest match wins.
func (t *talk) itemNamed(text string) string {
	text = plain(text)
	best, id := 0, ""
	for _, it := range t.checklist(false) {
		name := []rune(plain(it.Name))
		for n := len(name); n >= 2 && n > best; n-- {
			if strings.Contains(text, string(name[:n])) && (n >= 4 || len(string(name[:n])) > n) {
				best, id = n, it.ID
				break
			}
		}
	}
	if id != "" {
		return id
	}
	for _, kind := range t.lex.papers {
		if !mentions(text, kind) {
			continue
		}
		for _, it := range t.checklist(false) {
			if mentions(plain(it.Name), kind) {
				return it.ID
			}
		}
	}
	return ""
}

// askDocuments asks for the item that the text names, or else for those that
// are missing.
func (t *talk) askDocuments(text string) {
	if t.withdrawn() {
		return
	}
	if item := t.itemNamed(text); item != "" {
		t.memory.Item = item
		if t.lex.notYet(plain(text)) {
			t.say("documents.when_ready", args{"item": t.itemName(item)})
			return
		}
		t.say("documents.send", args{"item": t.itemName(item)})
		return
	}
	t.sayDocuments()
}

// datesPapers deals with the day on which documents come, which is none to start
// on: "3号之前一定交齐".
func (t *talk) datesPapers(r reading) bool {
	settled := t.app.Answer == conversations.Confirmed || t.app.Answer == conversations.Requested
	switch {
	case !r.dated() || !aboutPapers(t, r) && !t.lex.handsIn(r.plain) || t.lex.speaksOfStarting(r.plain),
		r.wants(reschedule) && (!settled || strings.ContainsAny(strings.TrimSpace(r.text), "，,。？?；; ")),
		r.Date.Contains(t.settled()), r.Date.Contains(t.standing()), r.wants(question), r.wants(decline), r.wants(confirm), r.wants(upload):
		return false
	case t.itemNamed(r.text) != "" && t.lex.notYet(r.plain):
		t.askDocuments(r.text)
	default:
		t.later()
	}
	return true
}

// sayDocuments says what is still missing and asks for the first.
func (t *talk) sayDocuments() {
	if t.withdrawn() {
		return
	}
	missing := t.checklist(true)
	switch {
	case len(missing) > 0:
		t.memory.Item = missing[0].ID
		t.say("documents.first", args{"items": items(missing), "item": t.itemName(missing[0].ID)})
	case len(t.checklist(false)) > 0:
		t.say("documents.extra_hint", nil)
	default:
		t.say("fact.no_documents", nil)
	}
}

// startDocuments asks for the documents after something else was settled.
func (t *talk) startDocuments() {
	if len(t.checklist(true)) > 0 {
		t.sayDocuments()
	}
}
