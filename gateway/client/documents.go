package client

import (
	"context"
	"iter"
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
