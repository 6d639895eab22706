package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"gocloud.dev/blob"

	"jiebao/channels/email"
	"jiebao/channels/h5"
	"jiebao/config"
	"jiebao/conversations"
	"jiebao/conversations/audit"
	"jiebao/conversations/clock"
	"jiebao/conversations/documents"
	"jiebao/conversations/documents/clamd"
	"jiebao/gateway/ehr/daily"
	"jiebao/gateway/ehr/wire"
	"jiebao/gateway/signin"
)

// openFiles opens the documents store, with the configured keys or the one
// that the first start wrote. Links to upload pages are signed with a secret
// made from the same key, which all gateways share.
func openFiles(ctx context.Context, cfg config.Documents, publicURL string) (files, error) {
	keys, err := openKeys(cfg)
	if err != nil {
		return files{}, err
	}
	bucket, err := openBucket(ctx, cfg)
	if err != nil {
		return files{}, err
	}
	f := files{dir: cfg.Dir, bucket: bucket, limits: documents.Limits{Size: int64(cfg.MaxSize), Pages: cfg.MaxPages}}
	if cfg.Bucket != "" {
		f.dir = ""
	}
	if cfg.Clamd != "" {
		if f.limits.Scanner, err = clamd.New(cfg.Clamd); err != nil {
			return f, err
		}
	}
	if f.store, err = documents.New(ctx, bucket, keys...); err != nil {
		return f, err
	}
	return f, f.sign(keys, publicURL, cfg.LinkLife)
}

func openBucket(ctx context.Context, cfg config.Documents) (*blob.Bucket, error) {
	if cfg.Bucket != "" {
		return documents.OpenS3(ctx, cfg.Bucket)
	}
	return documents.OpenDir(cfg.Dir)
}

// sign makes what signs with secrets of the keys, and still honours what was
// signed with those of former keys.
func (f *files) sign(keys keyring, publicURL string, life time.Duration) error {
	secrets, err := keys.derive("links")
	if err != nil {
		return err
	}
	if f.links, err = h5.NewLinks(secrets[0], publicURL, life); err != nil {
		return err
	}
	for _, former := range secrets[1:] {
		f.links.Honour(former)
	}
	if secrets, err = keys.derive("mail"); err != nil {
		return err
	}
	if f.optOuts, err = email.NewOptOuts(secrets[0], publicURL); err != nil {
		return err
	}
	for _, former := range secrets[1:] {
		f.optOuts.Honour(former)
	}
	if f.prove, err = newProof(keys[0]); err != nil {
		return err
	}
	if f.linkSecrets, err = keys.derive("document links"); err != nil {
		return err
	}
	if f.appSecrets, err = keys.derive("app"); err != nil {
		return err
	}
	if f.dailySecrets, err = keys.derive(daily.Purpose); err != nil {
		return err
	}
	if f.endpointSecrets, err = keys.derive(wire.Purpose); err != nil {
		return err
	}
	if f.auditSecrets, err = keys.derive(audit.Purpose); err != nil {
		return err
	}
	if f.signInSecrets, err = keys.derive(signin.Purpose); err != nil {
		return err
	}
	f.accessSecrets, err = keys.derive("access")
	return err
}

// files keeps what the outbox fetches.
type files struct {
	dir    string
	bucket io.Closer
	store  *documents.Store
	limits documents.Limits
	links  *h5.Links // to where candidates upload

	optOuts     *email.OptOuts            // to where they end all messages
	prove       func(nonce string) string // that this is a gateway with the key
	linkSecrets [][]byte                  // sign the links by which the EHR fetches documents, the first new ones
	appSecrets  [][]byte                  // sign candidates' tokens for the bank's app, the first new ones

	endpointSecrets [][]byte // seal endpoints' secrets, the first new ones
	dailySecrets    [][]byte // sign daily files, the first new ones
	auditSecrets    [][]byte // sign the audit log, the first new entries
	signInSecrets   [][]byte // seal second factors, the first new ones
	accessSecrets   [][]byte // sign systems' access tokens, the first new ones
}

// sweptEvery is how often uploads that nobody went on with are looked for.
const sweptEvery = 6 * time.Hour

// sweep clears up after a crash, and from then on what candidates began to
// upload and left. It takes as long as there are documents.
func (f files) sweep(ctx context.Context, c clock.Clock, log *slog.Logger) {
	if err := f.sweepDir(ctx, c.Now()); err != nil && ctx.Err() == nil {
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

// sweepDir clears up in the folder; a bucket elsewhere shows nothing that is
// half-written.
func (f files) sweepDir(ctx context.Context, now time.Time) error {
	if f.dir == "" {
		return nil
	}
	return documents.Sweep(ctx, f.dir, now)
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
	return conversations.Filed{MIME: info.MIME, Size: info.Size, SHA256: info.SHA256, Scan: info.Scan}, err
}

// KeepVoice implements outbox.Files.
func (f files) KeepVoice(ctx context.Context, recording string, r io.Reader) (conversations.Recorded, error) {
	info, err := f.store.PutVoice(ctx, recording, r, f.limits)
	var refused *documents.Refused
	if errors.As(err, &refused) {
		return conversations.Recorded{Refused: string(refused.Reason)}, nil
	}
	return conversations.Recorded{Size: info.Size, Length: info.Length}, err
}

// Delete removes a document that belongs to nothing.
func (f files) Delete(ctx context.Context, id string) error { return f.store.Delete(ctx, id) }

// Open opens a document for the console.
func (f files) Open(ctx context.Context, id string) (io.ReadCloser, error) {
	r, _, err := f.store.Open(ctx, id)
	return r, err
}

// original opens a document as it came in, for the EHR.
func (f files) original(ctx context.Context, id string) (io.ReadSeekCloser, error) {
	r, err := f.store.Seekable(ctx, id)
	if errors.Is(err, documents.ErrNotFound) {
		return nil, conversations.ErrNotFound
	}
	return r, err
}

// channelFiles opens pictures that are sent.
type channelFiles struct{ store *documents.Store }

// Open implements tencent.Files.
func (f channelFiles) Open(ctx context.Context, id string) (io.ReadCloser, string, error) {
	r, info, err := f.store.Open(ctx, id)
	return r, info.MIME, err
}
