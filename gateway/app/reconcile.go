package app

import (
	"context"
	"encoding/base64"
	"strings"
	"time"

	"jiebao/gateway/reconcile"
)

func (a *App) openReconciler(context.Context, Options) (err error) {
	cfg := a.cfg.EHR.Reconcile
	o := reconcile.Options{
		Store: a.store, Clock: a.clock, Log: a.log, NewID: newID,
		At: time.Duration(cfg.At) * time.Minute, Zone: a.cfg.OfficeHours.TimeZone, Endpoints: cfg.Endpoints,
	}
	if cfg.URL != "" {
		secret := cfg.Secret
		if secret.Empty() {
			secret = a.cfg.EHR.Endpoint.Secret
		}
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret.Reveal(), "whsec_"))
		if err != nil {
			return err // the configuration was checked
		}
		o.Asker = &reconcile.Remote{URL: cfg.URL, Key: key, Client: reconcile.NewClient(), Now: a.clock.Now, NewID: newID}
	}
	a.reconciler, err = reconcile.New(o)
	return err
}
