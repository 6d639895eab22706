package h5

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"jiebao/conversations"
)

// Large files come in pieces, so that a phone that lost its network, or whose
// page was loaded again, goes on where it was:
//
//	POST …/parts                    size, and upload if it was begun before → upload, offset, piece
//	POST …/parts/{upload}?offset=N  the next bytes, at most piece of them   → offset
//	POST …/parts/{upload}/done      item, name, more                        → files
//
// Every answer says what has arrived: whoever sends goes on from there, also
// after an answer that was lost. What stands still for a day is swept.

// Pieces keeps files while they arrive, encrypted like the rest.
type Pieces interface {
	// Begin makes room for one more upload of a candidate, who can have as
	// many as most under way: the ones that rested longest go.
	Begin(ctx context.Context, conversation string, most int) error
	// Held is how much of an upload has arrived, in bytes.
	Held(ctx context.Context, conversation, upload string) (int64, error)
	// Put adds at most most bytes at offset, and returns how much has arrived
	// then: without anything new if that is not where the next ones belong,
	// and with what there was before r failed.
	Put(ctx context.Context, conversation, upload string, offset, most int64, r io.Reader) (int64, error)
	// Whole keeps all that has arrived as a document; a file that is refused
	// comes back with the reason.
	Whole(ctx context.Context, conversation, upload, document string) (conversations.Filed, error)
	// Drop removes what has arrived.
	Drop(ctx context.Context, conversation, upload string) error
}

const (
	// pieceSize is how much one request brings, in bytes.
	pieceSize = 512 << 10
	// uploadsBegun is how many files of one candidate can be under way.
	uploadsBegun = filesAtOnce
)

// pieces serves what is asked below parts.
func (v *visit) pieces() {
	if app := v.conv.Application(); app == nil || app.Answer.Over() {
		v.json(http.StatusConflict, report{Problem: v.T("page.closed")})
		return
	}
	sealed, done := strings.CutSuffix(v.rest, "/done")
	if sealed == "" && !done {
		v.beginPieces()
		return
	}
	upload, size, err := v.sealedUpload(sealed)
	switch {
	case err != nil:
		v.json(http.StatusNotFound, report{Problem: v.refusal("broken")})
	case done:
		v.endPieces(upload, size)
	default:
		v.takePiece(upload, size)
	}
}

// beginPieces begins an upload, or says how far one is.
func (v *visit) beginPieces() {
	if !v.parseForm() {
		return
	}
	size, err := strconv.ParseInt(v.r.PostForm.Get("size"), 10, 64)
	switch {
	case err != nil || size <= 0:
		v.json(http.StatusUnprocessableEntity, report{Problem: v.refusal("none")})
		return
	case size > v.o.MaxSize:
		v.json(http.StatusRequestEntityTooLarge, report{Problem: v.refusal("too_large")})
		return
	}
	begun := report{Upload: v.r.PostForm.Get("upload"), Piece: pieceSize}
	if upload, was, err := v.sealedUpload(begun.Upload); err == nil && was == size {
		begun.Offset, err = v.o.Pieces.Held(v.r.Context(), v.conv.ID, upload)
		v.progress(begun, err)
		return
	}
	begun.Upload = v.o.Links.seal("upload", v.conv.ID, v.o.NewID()+"-"+strconv.FormatInt(size, 10))
	v.progress(begun, v.o.Pieces.Begin(v.r.Context(), v.conv.ID, uploadsBegun))
}

// sealedUpload reads what an upload is called: which it is, and how large the whole.
func (v *visit) sealedUpload(sealed string) (upload string, size int64, err error) {
	said, err := v.o.Links.unseal("upload", v.conv.ID, sealed)
	if err != nil {
		return "", 0, err
	}
	upload, length, _ := strings.Cut(said, "-")
	size, err = strconv.ParseInt(length, 10, 64)
	return upload, size, err
}

// takePiece takes the next bytes.
func (v *visit) takePiece(upload string, size int64) {
	if !v.uploads.take(v.conv.ID) {
		v.w.Header().Set("Retry-After", "5")
		v.json(http.StatusServiceUnavailable, report{Problem: v.refusal("busy")})
		return
	}
	defer v.uploads.leave(v.conv.ID)
	offset, err := strconv.ParseInt(v.r.URL.Query().Get("offset"), 10, 64)
	if err != nil || offset < 0 || offset > size {
		v.json(http.StatusUnprocessableEntity, report{Problem: v.refusal("broken")})
		return
	}
	patient := http.NewResponseController(v.w)
	body := &remembering{r: alive{v.r.Body, patient, time.Now().Add(longest)}}
	held, err := v.o.Pieces.Put(v.r.Context(), v.conv.ID, upload, offset, min(pieceSize, size-offset), body)
	_ = patient.SetWriteDeadline(time.Now().Add(stalled))
	if body.err != nil {
		err = nil // the line broke; what arrived is kept
	}
	v.progress(report{Offset: held}, err)
}

// progress tells how far an upload is.
func (v *visit) progress(r report, err error) {
	switch {
	case errors.Is(err, context.Canceled): // nobody listens
	case err != nil:
		v.o.Log.ErrorContext(v.r.Context(), "a piece of an upload was not kept", "conversation", v.conv.ID, "error", err)
		v.json(http.StatusInternalServerError, report{Problem: v.refusal("failed")})
	default:
		v.json(http.StatusOK, r)
	}
}

// endPieces files what has arrived. Done twice it is filed once.
func (v *visit) endPieces(upload string, size int64) {
	if !v.parseForm() {
		return
	}
	ctx := context.WithoutCancel(v.r.Context())
	in := &intake{visit: v, item: v.r.PostForm.Get("item"), more: v.r.PostForm.Get("more") != ""}
	name, document := cleanName(v.r.PostForm.Get("name")), v.conv.ID+"-u"+upload
	if v.conv.Application().Document(document) != nil { // the answer to the first was lost
		v.tell([]outcome{{Name: name, Kept: true, Words: v.T("page.outcome.kept")}})
		return
	}
	held, err := v.o.Pieces.Held(ctx, v.conv.ID, upload)
	if err != nil || held != size {
		v.progress(report{Offset: held}, err)
		return
	}
	filed, err := v.o.Pieces.Whole(ctx, v.conv.ID, upload, document)
	if err != nil {
		v.progress(report{}, fmt.Errorf("putting an upload together: %w", err))
		return
	}
	in.took(name, document, filed)
	outcomes, err := in.file(ctx)
	if err != nil {
		v.failed(err)
		return
	}
	if err := v.o.Pieces.Drop(ctx, v.conv.ID, upload); err != nil {
		v.o.Log.WarnContext(ctx, "pieces of an upload stay until they are swept", "conversation", v.conv.ID, "error", err)
	}
	v.tell(outcomes)
}
