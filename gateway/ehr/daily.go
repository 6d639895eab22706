package ehr

import "context"

// Daily is where a feed's events are written, a signed file for every day.
type Daily struct {
	Dir string
}

// Signer signs the daily files.
type Signer struct{}

func (e *Endpoints) writeDaily(ctx context.Context) {}
