package console

import (
	"fmt"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// recordingURL is where a voice message can be had as it was spoken.
func recordingURL(t thread, b bubble) string { return "/inbox/" + t.c.ID + "/voice/" + number(b.N) }

// minutes is a length as players show it: 0:04, 1:30.
func minutes(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// voiceWords says why there is nothing to play.
func (v *view) voiceWords(r *conversations.Recording) string {
	switch {
	case r == nil:
		return v.T("voice.not_kept")
	case r.State == conversations.RecordingFetching:
		return v.T("voice.fetching")
	}
	return v.T("voice.lost", "why", v.reasonWords(r.Reason))
}

// recording hands out a voice message as it was spoken, decrypted, to agents who
// may see the conversation: as a download, which the player of ours decodes.
func (c *Console) recording(g *gin.Context, v *view) {
	conv, err := c.o.Store.Thread(g.Request.Context(), v.agent.In(conversations.MayRead), g.Param("id"))
	if err != nil {
		c.fail(g, v, err)
		return
	}
	v.concerns(conv.Branch)
	n, err := strconv.ParseInt(g.Param("n"), 10, 64)
	r := conv.Recording(n)
	if err != nil || r == nil || r.State != conversations.RecordingKept {
		c.fail(g, v, conversations.ErrNotFound)
		return
	}
	v.did("message", conv.MessageID(n))
	file, err := c.o.Documents.Open(g.Request.Context(), conv.RecordingID(n))
	if err != nil {
		c.fail(g, v, fmt.Errorf("opening recording %s: %w", conv.RecordingID(n), err))
		return
	}
	defer file.Close()
	c.handOut(g, file, "audio/amr", r.Size, conv.RecordingID(n)+".amr")
}
