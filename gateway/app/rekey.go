package app

import (
	"context"

	"jiebao/config"
	"jiebao/conversations/documents"
)

// Rekey encrypts all documents with the first configured key that are not yet.
// It works beside gateways that run with the same keys. See documents.Rekey.
func Rekey(ctx context.Context, cfg config.Config, dry bool, progress func(documents.Rekeying)) (done documents.Rekeying, err error) {
	keys, err := heldKeys(cfg.Documents)
	if err != nil {
		return done, err
	}
	bucket, err := openBucket(ctx, cfg.Documents)
	if err != nil {
		return done, err
	}
	defer bucket.Close()
	store, err := documents.New(ctx, bucket, keys...)
	if err != nil {
		return done, err
	}
	return store.Rekey(ctx, dry, progress)
}
