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
				all = append(all, ListedDocument{documentFile(d), app.ResultID, it.ID, a.linkTo(d)})
			}
		}
	}
	return all
}

func documentFile(d conversations.Document) DocumentFile {
	return DocumentFile{
		ID: d.ID, State: string(d.State), MIME: d.MIME, Size: d.Size, SHA256: d.SHA256, Scan: d.Scan, Reason: d.Reason, ReceivedAt: d.At,
	}
}

// kept says whether a document's bytes are there. One that HR rejected still
// is; one that a check refused never was.
func kept(d conversations.Document) bool {
	return d.SHA256 != "" && d.State != conversations.DocumentFetching && d.Reason != conversations.Duplicate
}

func (a *API) linkTo(d conversations.Document) *DocumentLink {
	if !kept(d) {
		return nil
	}
	until := a.Now().Add(linkLife).Truncate(time.Second)
	return &DocumentLink{URL: a.URL + DocumentPath + a.links.make(d.ID, until), Expires: until}
}

type linkInput struct {
	Document string `path:"document" maxLength:"200" doc:"The file's id, as events and lists tell it." example:"cnv_8sKq2VnT4x-d1"`
}

type linkOutput struct{ Body DocumentLink }

func (a *API) makeLink(ctx context.Context, in *linkInput) (*linkOutput, error) {
	d, err := a.document(ctx, callerOf(ctx).scope, in.Document)
	if err == nil && !kept(d) {
		err = conversations.ErrNotFound
	}
	if err != nil {
		return nil, a.problem(ctx, "making a link to a document", in.Document, err)
	}
	return &linkOutput{*a.linkTo(d)}, nil
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
}
