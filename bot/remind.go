package bot

import "jiebao/conversations"

// reminded asks politely for what the bank still waits for, and says how to
// be left alone.
func (t *talk) reminded() {
	stop := phrase("remind.stop", nil)
	missing := t.checklist(true)
	switch {
	case t.Heard.Topic == conversations.TopicOffer && t.open():
		t.memory.Greeted = true
		told := append(t.facts(factPosition, factReplyBy), stop)
		t.askStartAfter(lines(phrase("remind.offer", args{"hello": t.hello()}), told...))
	case t.Heard.Topic == conversations.TopicPapers && t.app.Answer == conversations.Confirmed && len(missing) > 0:
		t.memory.Item = missing[0].ID
		t.tell(lines(phrase("remind.documents", args{"hello": t.hello()}),
			phrase("fact.missing", args{"items": items(missing)}), phrase("remind.send", args{"item": t.itemName(missing[0].ID)}), stop))
	}
}
