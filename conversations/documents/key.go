package documents

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

const keySize = 32

// Key is the secret that documents are encrypted with. It never prints.
type Key struct{ bytes *[keySize]byte }

func (k Key) isZero() bool { return k.bytes == nil }

// String, GoString and LogValue never reveal the key.
func (Key) String() string       { return "[key]" }
func (Key) GoString() string     { return "[key]" }
func (Key) LogValue() slog.Value { return slog.StringValue("[key]") }

// Derive returns a secret of 32 bytes for another purpose. From it nobody
// finds the key, or the secret of any other purpose.
func (k Key) Derive(purpose string) ([]byte, error) {
	if k.isZero() {
		return nil, errors.New("deriving a secret: no key is given")
	}
	secret, err := hkdf.Expand(sha256.New, k.bytes[:], "jiebao/"+purpose, keySize)
	if err != nil {
		return nil, fmt.Errorf("deriving a secret: %w", err)
	}
	return secret, nil
}

// name tells keys apart, and tells nothing of the key.
func (k Key) name() (string, error) {
	secret, err := k.Derive("key name")
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(secret[:4]), nil
}

// ParseKey reads 32 bytes in base64.
func ParseKey(s string) (Key, error) {
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(s))
	if err != nil || len(b) != keySize {
		return Key{}, errors.New("the documents' key must be 32 bytes in base64, as openssl rand -base64 32 prints")
	}
	return Key{(*[keySize]byte)(b)}, nil
}

// KeyFile reads the keys of a file, one a line, and generates one, with mode
// 0600, where there is no file yet. Gateways that start together agree on one
// key.
func KeyFile(path string) ([]Key, error) {
	keys, err := readKeys(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = createKey(path); err == nil {
			keys, err = readKeys(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("the documents' key file: %w", err)
	}
	return keys, nil
}

func readKeys(path string) ([]Key, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o007 != 0 {
		return nil, fmt.Errorf("everybody on this machine may use %s; run chmod 600 on it", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var keys []Key
	for line := range strings.Lines(strings.TrimSpace(string(b)) + "\n") {
		k, err := ParseKey(line)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// createKey writes a new key under a temporary name and links it into place,
// so that nobody ever reads half a key or replaces one.
func createKey(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".key-*") // with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	var b [keySize]byte
	_, _ = rand.Read(b[:]) // never fails
	_, err = fmt.Fprintln(f, base64.StdEncoding.EncodeToString(b[:]))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
