package documents_test

import (
	"encoding/base64"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gocloud.dev/blob/memblob"

	"jiebao/conversations/documents"
)

// same says whether a store of one key opens with the other.
func same(t *testing.T, a, b documents.Key) bool {
	t.Helper()
	bucket := memblob.OpenBucket(nil)
	if _, err := documents.New(t.Context(), bucket, a); err != nil {
		t.Fatal(err)
	}
	_, err := documents.New(t.Context(), bucket, b)
	return err == nil
}

func TestKeyFileIsMadeOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys", "documents.key")
	keys := make([][]documents.Key, 8)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() {
			var err error
			if keys[i], err = documents.KeyFile(path); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, k := range keys[1:] {
		if !same(t, keys[0][0], k[0]) {
			t.Error("gateways that started together have different keys")
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v, %v", info.Mode(), err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("%d files in the folder, want the key only", len(left))
	}
}

func TestKeyFilesDiffer(t *testing.T) {
	t.Parallel()
	a, errA := documents.KeyFile(filepath.Join(t.TempDir(), "key"))
	b, errB := documents.KeyFile(filepath.Join(t.TempDir(), "key"))
	if errA != nil || errB != nil || same(t, a[0], b[0]) {
		t.Errorf("two new keys are equal, or %v, %v", errA, errB)
	}
}

func TestKeyFileRefuses(t *testing.T) {
	t.Parallel()
	good := base64.StdEncoding.EncodeToString(make([]byte, 32))
	for name, c := range map[string]struct {
		content string
		mode    os.FileMode
		want    string
	}{
		"too short":           {"c2hvcnQ=", 0o600, "32 bytes in base64"},
		"empty":               {"", 0o600, "32 bytes in base64"},
		"readable by anybody": {good, 0o644, "chmod 600"},
	} {
		path := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(path, []byte(c.content), c.mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, c.mode); err != nil {
			t.Fatal(err)
		}
		if _, err := documents.KeyFile(path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestKeyNeverPrints(t *testing.T) {
	t.Parallel()
	secret := strings.Repeat("k", 32)
	k, err := documents.ParseKey(base64.StdEncoding.EncodeToString([]byte(secret)))
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("key", "key", k, "in", struct{ K documents.Key }{k})
	printed := fmt.Sprintf("%v %+v %#v %s %x %v", k, k, k, k, k, struct{ K documents.Key }{k}) + log.String()
	for _, private := range []string{secret, "6b6b6b", "107 107", "a2tr"} {
		if strings.Contains(printed, private) {
			t.Errorf("it prints %q: %s", private, printed)
		}
	}
}
