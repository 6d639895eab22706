package client

import (
	"context"
	"iter"
	"net/url"
	"time"
)

// DocumentFile is one file from a candidate.
type DocumentFile struct {
	ID         string    `json:"id"`    // Jiebao's
	State      string    `json:"state"` // fetching, received, accepted or rejected
	MIME       string    `json:"mime,omitempty"`
	Size       int64     `json:"size,omitempty"`   // bytes
	SHA256     string    `json:"sha256,omitempty"` // hexadecimal
	Scan       string    `json:"scan,omitempty"`   // of viruses: clean or not_scanned
	Reason     string    `json:"reason,omitempty"`
	ReceivedAt time.Time `json:"received_at"`
}

// Document is one file, and where to fetch it.
type Document struct {
	DocumentFile
	ResultID string        `json:"result_id"`
	Item     string        `json:"item,omitempty"` // of the checklist
	Link     *DocumentLink `json:"link,omitempty"` // nil: it is not kept
	Push     *DocumentPush `json:"push,omitempty"` // nil: nobody asked for that
}

// DocumentPush is how a file gets to the EHR's own storage.
type DocumentPush struct {
	State   string    `json:"state"` // waiting, pushed or failed
	Pushed  time.Time `json:"pushed_at,omitzero"`
	Failed  time.Time `json:"failed_at,omitzero"`
	Problem string    `json:"problem,omitempty"` // why it failed, for engineers
}

// DocumentLink is an address that leads to one file for some minutes. Whoever
// has it has the file.
type DocumentLink struct {
	URL     string    `json:"url"`
	Expires time.Time `json:"expires_at"`
}

type documentPage struct {
	Documents []Document `json:"documents"`
	Next      string     `json:"next"`
}

// Documents are the files that a candidate sent. It ends with the first error.
func (c *Client) Documents(ctx context.Context, candidate string) iter.Seq2[Document, error] {
	return pages(ctx, c, path("candidates", candidate, "documents"), nil, func(p documentPage) ([]Document, string) { return p.Documents, p.Next })
}

// LinkDocument makes an address from which a document can be fetched, such as by
// another program.
func (c *Client) LinkDocument(ctx context.Context, document string) (DocumentLink, error) {
	return post[DocumentLink](ctx, c, path("documents", document, "link"), nil)
}

// PushDocument has a document put into the EHR's own storage once more.
func (c *Client) PushDocument(ctx context.Context, document string) (Document, error) {
	return post[Document](ctx, c, path("documents", document, "push"), nil)
}

// PushDocuments picks documents to be put into the EHR's own storage: those to
// which all that is given applies.
type PushDocuments struct {
	Candidate string     `json:"candidate_id,omitempty"`
	From      *time.Time `json:"from,omitempty"` // they came in
	To        *time.Time `json:"to,omitempty"`
	GivenUp   bool       `json:"given_up_only,omitempty"`
	All       bool       `json:"all,omitempty"` // everything: has to be said if nothing else is given
}

// PushedDocuments is what came of asking for documents.
type PushedDocuments struct {
	Documents int    `json:"documents"`
	DryRun    bool   `json:"dry_run,omitempty"`
	Next      string `json:"next,omitempty"` // empty once all candidates were looked at
}

// PushDocuments has documents put into the EHR's own storage once more, in as
// many calls as there are thousands of candidates; dry only counts them. After
// an error the outcome says how far it came.
func (c *Client) PushDocuments(ctx context.Context, p PushDocuments, dry bool) (all PushedDocuments, err error) {
	query := url.Values{}
	if dry {
		query.Set("dry_run", "true")
	}
	for {
		at := path("documents", "push")
		if len(query) > 0 {
			at += "?" + query.Encode()
		}
		some, err := post[PushedDocuments](ctx, c, at, p)
		if err != nil {
			return all, err
		}
		all.Documents, all.DryRun, all.Next = all.Documents+some.Documents, some.DryRun, some.Next
		if some.Next == "" {
			return all, nil
		}
		query.Set("cursor", some.Next)
	}
}
