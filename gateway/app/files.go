package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"jiebao/config"
	"jiebao/conversations"
	"jiebao/conversations/documents"
)

// openDocuments opens the documents store, with the configured key or the
// one that the first start wrote.
func openDocuments(ctx context.Context, cfg config.Documents, now time.Time) (*documents.Store, error) {
	key, err := documents.ParseKey(cfg.Key.Reveal())
	if cfg.Key.Empty() {
		key, err = documents.KeyFile(cfg.KeyFile)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the documents' key: %w", err)
	}
	bucket, err := documents.OpenDir(cfg.Dir)
	if err != nil {
		return nil, err
	}
	if err := documents.Sweep(ctx, cfg.Dir, now); err != nil {
		return nil, err
	}
	return documents.New(ctx, bucket, key)
}

// files keeps what the outbox fetches.
type files struct {
	store  *documents.Store
	limits documents.Limits
}

// Keep implements outbox.Files.
func (f files) Keep(ctx context.Context, document string, r io.Reader) (conversations.Filed, error) {
	info, err := f.store.Put(ctx, document, r, f.limits)
	var refused *documents.Refused
	if errors.As(err, &refused) {
		return conversations.Filed{Refused: string(refused.Reason)}, nil
	}
	return conversations.Filed{MIME: info.MIME, Size: info.Size, SHA256: info.SHA256}, err
}

// Open opens a document for the console.
func (f files) Open(ctx context.Context, id string) (io.ReadCloser, error) {
	r, _, err := f.store.Open(ctx, id)
	return r, err
}

// wechatFiles opens pictures that are sent.
type wechatFiles struct{ store *documents.Store }

// Open implements wechat.Files.
func (f wechatFiles) Open(ctx context.Context, id string) (io.ReadCloser, string, error) {
	r, info, err := f.store.Open(ctx, id)
	return r, info.MIME, err
}
