package documents

import (
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
// making it if there is none. Half-written files that a crash left behind
// are removed. Close the bucket after its store is no longer used.
func OpenDir(dir string, now time.Time) (*blob.Bucket, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("opening the documents' folder: %w", err)
	}
	if err := sweep(dir, now); err != nil {
		return nil, fmt.Errorf("clearing the documents' folder: %w", err)
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

func sweep(dir string, now time.Time) error {
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".tmp") {
			return err
		}
		info, err := e.Info()
		if err != nil || now.Sub(info.ModTime()) < stale {
			return ignoreGone(err)
		}
		return ignoreGone(os.Remove(path))
	})
}

// ignoreGone forgives that another gateway was faster.
func ignoreGone(err error) error {
	if os.IsNotExist(err) {
		return nil
	}
	return err
}
