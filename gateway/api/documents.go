package api

import (
	"context"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/conversations"
)

const (
	documentsPath = "/v1/candidates/{id}/documents"
	linkPath      = "/v1/documents/{document}/link"
	pushPath      = "/v1/documents/{document}/push"
	pushAllPath   = "/v1/documents/push"
)

// Documents is where candidates' files are read from.
type Documents struct {
	// Thread returns a conversation, or conversations.ErrNotFound.
	Thread func(ctx context.Context, s conversations.Scope, id string) (conversations.Conversation, error)
	// Open opens a stored document as it came in, or returns
	// conversations.ErrNotFound.
	Open func(ctx context.Context, id string) (io.ReadSeekCloser, error)
	// Secrets sign links, the first new ones: each at least 32 bytes, the same
	// on all nodes.
	Secrets [][]byte
}

// DocumentList is what a candidate sent.
type DocumentList struct {
	Documents []ListedDocument `json:"documents" nullable:"false" doc:"The files, those of the latest result last, in the order of its checklist."`
	Next      string           `json:"next,omitempty" doc:"The cursor of the next page, if there is more." example:"eyJvZiI6ImRvY3VtZW50cyJ9"`
}

// ListedDocument is one file, and where to fetch it.
type ListedDocument struct {
	DocumentFile
	Result string        `json:"result_id" doc:"The result that it was sent for." example:"R-2026-000815"`
	Item   string        `json:"item,omitempty" doc:"The item of the checklist that it is filed under." example:"id_card"`
	Link   *DocumentLink `json:"link,omitempty" doc:"Where to fetch it; left out if it is not kept."`
	Push   *DocumentPush `json:"push,omitempty" doc:"How it gets to the EHR's own storage (ehr.documents); left out if nobody asked for that."`
}

// DocumentPush is how a file gets to the EHR's own storage.
type DocumentPush struct {
	State   string     `json:"state" enum:"waiting,pushed,failed" doc:"Waiting: it is to be put there, or is tried again. Pushed: it is there. Failed: it was given up, and waits for POST /v1/documents/{id}/push." example:"pushed"`
	Pushed  *time.Time `json:"pushed_at,omitempty" doc:"When it was last put there." example:"2026-06-22T10:21:09+08:00"`
	Failed  *time.Time `json:"failed_at,omitempty" doc:"When it was given up." example:"2026-06-25T10:21:09+08:00"`
	Problem string     `json:"problem,omitempty" doc:"Why it was given up, for engineers." example:"bad_content (413): the endpoint answered 413 Request Entity Too Large"`
}

// DocumentLink is an address that leads to one file for some minutes.
type DocumentLink struct {
	URL     string    `json:"url" format:"uri" doc:"Answers GET and HEAD, also of ranges, with the file as the candidate sent it, and needs no key: whoever has the address has the file." example:"https://jiebao.example.com/documents/AQAAAABqOP7wY252LWQx9v0k3zqS8Q0N1JX4bqk2fA"`
	Expires time.Time `json:"expires_at" doc:"Until when it works." example:"2026-06-22T10:35:00+08:00"`
}

type documentsInput struct {
	ID string `path:"id" maxLength:"64" doc:"The EHR's id of the candidate." example:"C-2026-000815"`
	PageInput
}

type documentsOutput struct{ Body DocumentList }

func (a *API) listDocuments(ctx context.Context, in *documentsInput) (*documentsOutput, error) {
	cursors := listOf("documents", in.ID)
	after, err := placeOf[string](cursors, in.Cursor)
	if err != nil {
		return nil, err
	}
	c, err := a.Store.Candidate(ctx, callerOf(ctx).scope, in.ID)
	if err != nil {
		return nil, a.problem(ctx, "listing documents", in.ID, err)
	}
	// A document that was filed elsewhere meanwhile may come again or not at all;
	// one that is gone lets the list begin anew.
	all := a.documentsOf(c)
	all = all[slices.IndexFunc(all, func(d ListedDocument) bool { return d.ID == after })+1:]
	list := DocumentList{Documents: all[:min(len(all), in.Limit)]}
	if len(all) > in.Limit {
		list.Next = cursorAt(cursors, all[in.Limit-1].ID)
	}
	return &documentsOutput{list}, nil
}

// documentsOf are all files of a candidate.
func (a *API) documentsOf(c conversations.Conversation) []ListedDocument {
	all := []ListedDocument{}
	for _, app := range c.Applications {
		for _, it := range app.Checklist {
			for _, d := range it.Documents {
				all = append(all, a.listed(d, app.ResultID))
			}
		}
	}
	return all
}

func (a *API) listed(d conversations.Document, result string) ListedDocument {
	return ListedDocument{documentFile(d), result, d.Item, a.linkTo(d), a.documentPush(d.Push)}
}

func (a *API) documentPush(p *conversations.DocumentPush) *DocumentPush {
	if p == nil {
		return nil
	}
	zone := a.Now().Location()
	return &DocumentPush{State: string(p.State()), Pushed: known(p.Done, zone), Failed: known(p.Failed, zone), Problem: p.Problem}
}

func documentFile(d conversations.Document) DocumentFile {
	return DocumentFile{
		ID: d.ID, State: string(d.State), MIME: d.MIME, Size: d.Size, SHA256: d.SHA256, Scan: d.Scan, Reason: d.Reason, ReceivedAt: d.At,
	}
}

func (a *API) linkTo(d conversations.Document) *DocumentLink {
	if !d.Kept() {
		return nil
	}
	until := a.Now().Add(linkLife).Truncate(time.Second)
	return &DocumentLink{URL: a.URL + DocumentPath + a.links.make(d.ID, until), Expires: until}
}

type linkInput struct {
	Document string `path:"document" maxLength:"200" doc:"The file's id, as events and lists tell it." example:"cnv_8sKq2VnT4x-d1"`
}

type linkOutput struct{ Body DocumentLink }

type pushOutput struct{ Body ListedDocument }

func (a *API) makeLink(ctx context.Context, in *linkInput) (*linkOutput, error) {
	d, err := a.document(ctx, callerOf(ctx).scope, in.Document)
	if err == nil && !d.Kept() {
		err = conversations.ErrNotFound
	}
	if err != nil {
		return nil, a.problem(ctx, "making a link to a document", in.Document, err)
	}
	return &linkOutput{*a.linkTo(d)}, nil
}

// pushDocument asks for a file to be put into the EHR's storage at once.
func (a *API) pushDocument(ctx context.Context, in *linkInput) (*pushOutput, error) {
	conversation, ok := conversations.ConversationOfDocument(in.Document)
	if !ok {
		return nil, a.problem(ctx, "pushing a document", in.Document, conversations.ErrNotFound)
	}
	to := conversations.Target{Conversation: conversation, Scope: callerOf(ctx).scope}
	applied, err := a.Store.Apply(ctx, to, conversations.PushAgain{Document: in.Document})
	if err != nil {
		return nil, a.pushProblem(ctx, "pushing a document", in.Document, err)
	}
	for i := range applied.State.Applications {
		if d := applied.State.Applications[i].Document(in.Document); d != nil {
			return &pushOutput{a.listed(*d, applied.State.Applications[i].ResultID)}, nil
		}
	}
	return nil, internalError()
}

// document returns what the conversation that a document belongs to knows of
// it.
func (a *API) document(ctx context.Context, s conversations.Scope, id string) (conversations.Document, error) {
	conversation, ok := conversations.ConversationOfDocument(id)
	if !ok {
		return conversations.Document{}, conversations.ErrNotFound
	}
	c, err := a.Documents.Thread(ctx, s, conversation)
	if err != nil {
		return conversations.Document{}, err
	}
	for i := range c.Applications {
		if d := c.Applications[i].Document(id); d != nil {
			return *d, nil
		}
	}
	return conversations.Document{}, conversations.ErrNotFound
}

func (a *API) registerDocuments() {
	huma.Register(a.huma, huma.Operation{
		OperationID: "list-documents", Method: http.MethodGet, Path: documentsPath, Tags: []string{tagDocuments}, Security: needs(scopeDocumentsRead),
		Summary: "List a candidate's documents",
		Description: "All files that came in, with their hash, their state and what is known of viruses, and for each that is kept an address " +
			"from which it can be fetched for 15 minutes.",
		Responses: a.responses(http.StatusNotFound),
	}, a.listDocuments)
	huma.Register(a.huma, huma.Operation{
		OperationID: "link-document", Method: http.MethodPost, Path: linkPath, Tags: []string{tagDocuments}, Security: needs(scopeDocumentsRead),
		Summary:     "Make a link to a document",
		Description: "An address from which one file can be fetched for 15 minutes, such as after a document.received event.",
		Responses:   a.responses(http.StatusNotFound),
	}, a.makeLink)
	huma.Register(a.huma, huma.Operation{
		OperationID: "push-document", Method: http.MethodPost, Path: pushPath, Tags: []string{tagDocuments}, Security: needs(scopeDocumentsRead),
		Summary: "Push a document once more",
		Description: "Puts one file into the EHR's own storage (ehr.documents) at once, whether it is there, was given up or came before there was such a storage. " +
			"The answer says that it is under way; the list of documents says what became of it. Asking again does no harm: the same file is put at the same address.",
		DefaultStatus: http.StatusAccepted,
		Responses:     a.responses(http.StatusNotFound, http.StatusConflict),
	}, a.pushDocument)
	a.registerPushes()
}
