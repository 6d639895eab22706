package documents

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
)

// stale is how old a half-written file must be to be an orphan. No download
// takes that long.
const stale = 24 * time.Hour

// OpenDir returns the bucket of a folder that only its owner may enter,
// making it if there is none. Close the bucket after its store is no longer
// used.
func OpenDir(dir string) (*blob.Bucket, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("opening the documents' folder: %w", err)
	}
	b, err := fileblob.OpenBucket(dir, &fileblob.Options{
		DirFileMode: 0o700,
		NoTempDir:   true, // so that a file appears by one rename, on any mount
		Metadata:    fileblob.MetadataDontWrite,
	})
	if err != nil {
		return nil, fmt.Errorf("opening the documents' folder: %w", err)
	}
	return b, nil
}

// Sweep removes half-written files that a crash left in the folder more than
// a day ago. It walks the whole folder and can run while the store is in use.
func Sweep(ctx context.Context, dir string, now time.Time) error {
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err = errors.Join(ignoreGone(err), ctx.Err()); err != nil || e == nil || e.IsDir() || !strings.HasSuffix(path, ".tmp") {
			return err
		}
		info, err := e.Info()
		if err != nil || now.Sub(info.ModTime()) < stale {
			return ignoreGone(err)
		}
		return ignoreGone(os.Remove(path))
	})
	if err != nil {
		return fmt.Errorf("sweeping the documents' folder: %w", err)
	}
	return nil
}

// ignoreGone forgives that another gateway was faster.
func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
