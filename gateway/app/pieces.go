package app

import (
	"context"
	"errors"
	"io"

	"jiebao/conversations"
	"jiebao/conversations/documents"
)

// pieces keeps files that arrive in pieces, beside those that are whole.
type pieces struct{ files }

// Begin implements h5.Pieces.
func (p pieces) Begin(ctx context.Context, conversation string, most int) error {
	under, err := p.store.Partials(ctx, conversation)
	if err != nil {
		return err
	}
	for ; len(under) >= most; under = under[1:] {
		if err := p.store.DeleteParts(ctx, conversation, under[0].Upload); err != nil {
			return err
		}
	}
	return nil
}

// Held implements h5.Pieces.
func (p pieces) Held(ctx context.Context, conversation, upload string) (int64, error) {
	held, err := p.store.Partial(ctx, conversation, upload)
	return held.Size, err
}

// Put implements h5.Pieces.
func (p pieces) Put(ctx context.Context, conversation, upload string, offset, most int64, r io.Reader) (int64, error) {
	held, err := p.store.PutPart(ctx, conversation, upload, offset, most, r)
	if errors.Is(err, documents.ErrOffset) {
		err = nil
	}
	return held, err
}

// Whole implements h5.Pieces.
func (p pieces) Whole(ctx context.Context, conversation, upload, document string) (conversations.Filed, error) {
	r, err := p.store.OpenParts(ctx, conversation, upload)
	if err != nil {
		return conversations.Filed{}, err
	}
	defer r.Close()
	return p.Keep(ctx, document, r)
}

// Drop implements h5.Pieces.
func (p pieces) Drop(ctx context.Context, conversation, upload string) error {
	return p.store.DeleteParts(ctx, conversation, upload)
}
