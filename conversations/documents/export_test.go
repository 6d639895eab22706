package documents

import (
	"context"
	"io"

	"gocloud.dev/blob"
)

// LegacyProof lays down the proof of a key as it was before keys had names.
func LegacyProof(ctx context.Context, bucket *blob.Bucket, key Key) (string, error) {
	b, err := newBox([]Key{key})
	if err != nil {
		return "", err
	}
	s := &Store{bucket, b}
	return keyCheck, s.write(ctx, keyCheck, func(w io.Writer) error { _, err := io.WriteString(w, keyProof); return err })
}
