package conversations

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Stance stands for how the offer and the candidate's answer stand: whoever
// was shown one of the same stance was shown the same. It is "" without an
// application.
func (a *Application) Stance() string {
	if a == nil {
		return ""
	}
	said, err := json.Marshal(struct {
		Result    string
		Position  string
		Offer     Offer
		Answer    Answer
		StartDate Date
		Request   *ScheduleRequest
	}{a.ResultID, a.Position.Title, a.Offer, a.Answer, a.StartDate, a.Request})
	if err != nil {
		panic("an application that is not JSON: " + err.Error()) // it was read from JSON
	}
	sum := sha256.Sum256(said)
	return hex.EncodeToString(sum[:12])
}
