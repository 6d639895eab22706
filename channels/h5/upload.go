package h5

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"strings"
	"time"
	"unicode"

	"jiebao/conversations"
)

const (
	// filesAtOnce is how many files one form may bring.
	filesAtOnce = 10
	// formRoom is what a form has besides its files, in bytes.
	formRoom = 1 << 20
	// stalled is how long nothing may arrive before an upload is given up.
	stalled = time.Minute
	// longest is how long one form may take, however slow the phone is.
	longest = 30 * time.Minute
	// maxParts is how many fields and files of one form are looked at.
	maxParts = 64
	// maxFileName is in characters.
	maxFileName = 80
)

// outcome is what became of one file.
type outcome struct {
	Name  string `json:"name"`
	Kept  bool   `json:"kept"`
	Again bool   `json:"again,omitempty"` // it is kept already, from before
	Words string `json:"words"`
}

// upload takes in the files of a form while they arrive: nothing is ever
// written down in the clear.
func (v *visit) upload() {
	if !v.uploads.take(v.conv.ID) {
		v.w.Header().Set("Retry-After", "30")
		v.refuseUpload(http.StatusServiceUnavailable, "busy")
		return
	}
	defer v.uploads.leave(v.conv.ID)
	if app := v.conv.Application(); app == nil || app.Answer.Over() {
		v.showChecklist(http.StatusConflict, nil)
		return
	}
	most := filesAtOnce*v.o.MaxSize + formRoom
	if v.r.ContentLength > most { // known before anything is read
		v.w.Header().Set("Connection", "close")
		v.refuseUpload(http.StatusRequestEntityTooLarge, "too_large")
		return
	}
	patient := http.NewResponseController(v.w)
	v.r.Body = http.MaxBytesReader(v.w, alive{v.r.Body, patient, time.Now().Add(longest)}, most)
	form, err := v.r.MultipartReader()
	if err != nil {
		v.refuseUpload(http.StatusBadRequest, "none")
		return
	}
	in := &intake{visit: v}
	err = in.read(form)
	outcomes, applied := in.file(context.WithoutCancel(v.r.Context()))
	_ = patient.SetWriteDeadline(time.Now().Add(stalled)) // where there are no deadlines none has passed
	switch {
	case applied != nil:
		v.failed(applied)
	case len(outcomes) == 0 && err != nil:
		v.refuseUpload(http.StatusBadRequest, "broken")
	case len(outcomes) == 0:
		v.refuseUpload(http.StatusUnprocessableEntity, "none")
	default:
		v.tell(outcomes)
	}
}

// alive moves the connection's deadline, which is the network's own time, as
// long as something arrives, until the last moment.
type alive struct {
	io.ReadCloser
	patient *http.ResponseController
	last    time.Time
}

func (a alive) Read(b []byte) (int, error) {
	deadline := time.Now().Add(stalled)
	if deadline.After(a.last) {
		deadline = a.last
	}
	_ = a.patient.SetReadDeadline(deadline)
	return a.ReadCloser.Read(b)
}

// intake is a form being read.
type intake struct {
	*visit
	item     string
	more     bool // files of the same choice come in forms of their own
	outcomes []outcome
	kept     []kept
	reported []conversations.Uploaded // refused, and not between the candidate and the page only
}

// kept is a stored file and the place of its outcome.
type kept struct {
	conversations.Uploaded
	outcome int
}

// read stores every file of the form as far as it arrives. What is too much
// is read and forgotten: a browser hears no answer before it has sent all.
func (in *intake) read(form *multipart.Reader) error {
	for range maxParts {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return in.brokenOff("", err)
		}
		switch name := cleanName(part.FileName()); {
		case part.FormName() == "item":
			id, err := io.ReadAll(io.LimitReader(part, 256))
			if err != nil {
				return in.brokenOff("", err)
			}
			in.item = string(id)
		case part.FormName() == "more":
			in.more = true
		case part.FormName() != "files" || part.FileName() == "": // nothing was chosen
		case len(in.outcomes) > filesAtOnce: // said once
		case len(in.outcomes) == filesAtOnce:
			in.refused("", "too_many_at_once")
		default:
			if err := in.keep(name, part); err != nil {
				return in.brokenOff(name, err)
			}
		}
	}
	return nil
}

// keep stores one file, or says why it is not kept. An error means that the
// rest of the form will not come.
func (in *intake) keep(name string, r io.Reader) error {
	id := in.conv.ID + "-u" + in.o.NewID()
	source := &remembering{r: r}
	filed, err := in.o.Files.Keep(in.r.Context(), id, source)
	switch {
	case source.err != nil:
		return source.err
	case err != nil:
		in.o.Log.ErrorContext(in.r.Context(), "an uploaded file was not kept", "conversation", in.conv.ID, "error", err)
		in.refused(name, "failed")
	default:
		in.took(name, id, filed)
	}
	return nil
}

// took notes what became of a file that arrived whole.
func (in *intake) took(name, document string, filed conversations.Filed) {
	if filed.Refused == conversations.Infected { // HR and the EHR hear of it, too
		in.reported = append(in.reported, conversations.Uploaded{Document: document, Name: name, Refused: filed.Refused})
	}
	if filed.Refused != "" {
		in.refused(name, filed.Refused)
		return
	}
	in.outcomes = append(in.outcomes, outcome{Name: name, Kept: true, Words: in.T("page.outcome.kept")})
	in.kept = append(in.kept, kept{conversations.Uploaded{
		Document: document, Name: name, MIME: filed.MIME, Size: filed.Size, SHA256: filed.SHA256, Scan: filed.Scan,
	}, len(in.outcomes) - 1})
}

func (in *intake) refused(name, reason string) {
	in.outcomes = append(in.outcomes, outcome{Name: name, Words: in.refusal(reason)})
}

// brokenOff notes why the form ended before its end.
func (in *intake) brokenOff(name string, err error) error {
	reason := "broken"
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		reason = "too_large"
	}
	if name != "" || reason != "broken" {
		in.refused(name, reason)
	}
	return err
}

// file hands what was stored to the core, all at once, and lets go of what
// the core did not take.
func (in *intake) file(ctx context.Context) ([]outcome, error) {
	if len(in.kept)+len(in.reported) == 0 {
		return in.outcomes, nil
	}
	cmd := conversations.Upload{Item: in.item, More: in.more, Files: in.reported}
	for _, k := range in.kept {
		cmd.Files = append(cmd.Files, k.Uploaded)
	}
	_, err := in.o.Store.Apply(ctx, conversations.Target{Conversation: in.conv.ID}, cmd)
	if errors.Is(err, conversations.ErrStale) { // certain to have changed nothing
		in.drop(ctx, in.kept)
	}
	if err == nil {
		in.conv, err = in.o.Store.Thread(ctx, conversations.Everything, in.conv.ID)
	}
	if err != nil {
		return nil, fmt.Errorf("filing uploaded documents: %w", err)
	}
	var left []kept
	for _, k := range in.kept {
		app := in.conv.Application()
		if app.Document(k.Document) != nil {
			continue
		}
		reason, again := conversations.TooMany, app.Duplicate(k.Document, k.SHA256)
		if again {
			reason = conversations.Duplicate
		}
		in.outcomes[k.outcome] = outcome{Name: k.Name, Again: again, Words: in.refusal(reason)}
		left = append(left, k)
	}
	in.drop(ctx, left)
	return in.outcomes, nil
}

// drop deletes stored files that belong to nothing.
func (in *intake) drop(ctx context.Context, files []kept) {
	for _, k := range files {
		if err := in.o.Files.Delete(ctx, k.Document); err != nil {
			in.o.Log.WarnContext(ctx, "a file that belongs to nothing stays in the documents store", "document", k.Document, "error", err)
		}
	}
}

// remembering tells a form that breaks off from a store that fails.
type remembering struct {
	r   io.Reader
	err error
}

func (r *remembering) Read(b []byte) (int, error) {
	n, err := r.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// cleanName is a file's name as it may be shown: the last part of its path,
// without what steers a terminal or turns text around.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) {
			return r
		}
		return -1
	}, name))
	if name == "." || name == "/" || name == ".." {
		return ""
	}
	if runes := []rune(name); len(runes) > maxFileName {
		return string(runes[:maxFileName-1]) + "…"
	}
	return name
}
