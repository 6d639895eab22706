package conversations

// StandAt is how the offer stood after some of a candidate's events, which
// are given in order from the first. Known says whether the events tell the
// start date: before anything was said of it they do not.
func StandAt(events []Event) (stand Stand, known bool) {
	result := ""
	for _, e := range events {
		if e.Data.Result != result {
			result, stand, known = e.Data.Result, Stand{}, false
		}
		known = stand.after(e) || known
	}
	return stand, known
}

// after takes in one event, and says whether it tells the start date.
func (s *Stand) after(e Event) bool {
	switch d := e.Data; e.Type {
	case EventStartDateConfirmed:
		s.Answer, s.Agreed, s.Offered = Confirmed, d.StartDate.Date, d.StartDate.Offered
	case EventScheduleRequested:
		s.Answer, s.Offered = Requested, d.Schedule.Offered
	case EventScheduleDecided:
		s.Offered = d.Schedule.Offered
		s.decided(d.Schedule)
	case EventOfferDeclined:
		s.Answer = Declined
		return false
	case EventOfferWithdrawn:
		s.Answer = Withdrawn
		return false
	case EventOfferChanged:
		if s.Offered = d.Offer.StartDate; d.Offer.Asks {
			s.Answer, s.Agreed = Open, Date{}
		}
	case EventDocumentReceived:
		s.Documents = append(s.Documents, DigestDocument{d.Document.ID, d.Document.SHA256, d.Document.Item, DocumentReceived})
		return false
	default:
		return false
	}
	return true
}

func (s *Stand) decided(d *ScheduleDetail) {
	switch d.Verdict {
	case Approve:
		s.Answer, s.Agreed = Confirmed, d.Requested
	case Counter:
		s.Answer = Countered
	case Refuse:
		if s.Answer = Open; !s.Agreed.IsZero() {
			s.Answer = Confirmed
		}
	}
}
