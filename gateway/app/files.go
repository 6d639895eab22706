package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"jiebao/channels/email"
	"jiebao/channels/h5"
	"jiebao/config"
	"jiebao/conversations"
	"jiebao/conversations/clock"
	"jiebao/conversations/documents"
)

// openFiles opens the documents store, with the configured key or the one
// that the first start wrote. Links to upload pages are signed with a secret
// made from the same key, which all gateways share.
func openFiles(ctx context.Context, cfg config.Documents, publicURL string) (files, error) {
	key, err := documents.ParseKey(cfg.Key.Reveal())
	if cfg.Key.Empty() {
		key, err = documents.KeyFile(cfg.KeyFile)
	}
	if err != nil {
		return files{}, fmt.Errorf("reading the documents' key: %w", err)
	}
	bucket, err := documents.OpenDir(cfg.Dir)
	if err != nil {
		return files{}, err
	}
	f := files{dir: cfg.Dir, bucket: bucket, limits: documents.Limits{Size: int64(cfg.MaxSize)}}
	if f.store, err = documents.New(ctx, bucket, key); err != nil {
		return f, err
	}
	secret, err := key.Derive("links")
	if err != nil {
		return f, err
	}
	if f.links, err = h5.NewLinks(secret, publicURL, cfg.LinkLife); err != nil {
		return f, err
	}
	if secret, err = key.Derive("mail"); err != nil {
		return f, err
	}
	if f.optOuts, err = email.NewOptOuts(secret, publicURL); err != nil {
		return f, err
	}
	if f.prove, err = newProof(key); err != nil {
		return f, err
	}
	f.appSecret, err = key.Derive("app")
	return f, err
}

// files keeps what the outbox fetches.
type files struct {
	dir    string
	bucket io.Closer
	store  *documents.Store
	limits documents.Limits
	links  *h5.Links // to where candidates upload

	optOuts   *email.OptOuts            // to where they end all messages
	prove     func(nonce string) string // that this is a gateway with the key
	appSecret []byte                    // signs candidates' tokens for the bank's app
}

// sweptEvery is how often uploads that nobody went on with are looked for.
const sweptEvery = 6 * time.Hour

// sweep clears up after a crash, and from then on what candidates began to
// upload and left. It takes as long as there are documents.
func (f files) sweep(ctx context.Context, c clock.Clock, log *slog.Logger) {
	if err := documents.Sweep(ctx, f.dir, c.Now()); err != nil && ctx.Err() == nil {
		log.Warn("half-written documents of an earlier run are still there; they do no harm", "error", err)
	}
	for {
		if err := f.store.SweepParts(ctx, c.Now()); err != nil && ctx.Err() == nil {
			log.Warn("uploads that were left are still there; they do no harm", "error", err)
		}
		select {
		case <-c.At(c.Now().Add(sweptEvery)):
		case <-ctx.Done():
			return
		}
	}
}

func (f files) close() error {
	if f.bucket == nil {
		return nil
	}
	return f.bucket.Close()
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

// Delete removes a document that belongs to nothing.
func (f files) Delete(ctx context.Context, id string) error { return f.store.Delete(ctx, id) }

// Open opens a document for the console.
func (f files) Open(ctx context.Context, id string) (io.ReadCloser, error) {
	r, _, err := f.store.Open(ctx, id)
	return r, err
}

// channelFiles opens pictures that are sent.
type channelFiles struct{ store *documents.Store }

// Open implements tencent.Files.
func (f channelFiles) Open(ctx context.Context, id string) (io.ReadCloser, string, error) {
	r, info, err := f.store.Open(ctx, id)
	return r, info.MIME, err
}
