package app

import (
	"context"

	"jiebao/config"
	"jiebao/conversations/documents"
	"jiebao/gateway/ehr"
)

// Rekeyed says how far a change of keys has got.
type Rekeyed struct {
	Documents documents.Rekeying
	Endpoints ehr.Resealing
}

// Rekey encrypts with the first configured key what is not yet: the settings of
// endpoints, and then all documents, of which it tells the progress. It works
// beside gateways that run with the same keys. See documents.Rekey.
func Rekey(ctx context.Context, cfg config.Config, dry bool, progress func(documents.Rekeying)) (done Rekeyed, err error) {
	if _, err := heldKeys(cfg.Documents); err != nil { // it makes none
		return done, err
	}
	a, err := New(ctx, cfg, Options{Offline: true})
	if err != nil {
		return done, err
	}
	defer a.Close()
	if done.Endpoints, err = a.endpoints.Reseal(ctx, dry); err != nil {
		return done, err
	}
	done.Documents, err = a.files.store.Rekey(ctx, dry, progress)
	return done, err
}
