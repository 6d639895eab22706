package daily

import (
	"bufio"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Signer signs manifests with the gateway's key, and believes those that were
// signed with former ones.
type Signer struct {
	key  ed25519.PrivateKey
	keys []ed25519.PublicKey // that are believed
}

// Purpose is what the gateway's key derives a signer's secrets for.
const Purpose = "daily files"

// NewSigner makes a signer of secrets of 32 bytes, of which the first signs.
func NewSigner(secrets ...[]byte) (*Signer, error) {
	s := &Signer{}
	for _, secret := range secrets {
		if len(secret) != ed25519.SeedSize {
			return nil, errors.New("signing daily files: a secret must have 32 bytes")
		}
		key := ed25519.NewKeyFromSeed(secret)
		if s.key == nil {
			s.key = key
		}
		s.keys = append(s.keys, key.Public().(ed25519.PublicKey))
	}
	if s.key == nil {
		return nil, errors.New("signing daily files: no secret is given")
	}
	return s, nil
}

func (s *Signer) sign(text []byte) []byte { return ed25519.Sign(s.key, text) }

// PEM is the public key of what is signed now (RFC 8410).
func (s *Signer) PEM() []byte {
	der, err := x509.MarshalPKIXPublicKey(s.keys[0])
	if err != nil {
		panic(err) // it is one of the kinds of keys that there are
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// ReadKey makes who believes what was signed with the key of a PEM file.
func ReadKey(text []byte) (*Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("it holds no key in PEM")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("reading the public key: %w", err)
	}
	public, ok := key.(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("it is no Ed25519 key")
	}
	return &Signer{keys: []ed25519.PublicKey{public}}, nil
}

// open reads a manifest whose signature stands beside it.
func (s *Signer) open(path string, text []byte) (m Manifest, err error) {
	signature, err := os.ReadFile(path + signatureSuffix)
	if err != nil {
		return m, err
	}
	return s.Parse(text, signature)
}

// Parse reads a manifest that was signed with one of the keys.
func (s *Signer) Parse(text, signature []byte) (m Manifest, err error) {
	good := false
	for _, key := range s.keys {
		good = good || ed25519.Verify(key, text, signature)
	}
	if !good {
		return m, errors.New("the signature does not hold: the manifest was changed, or signed with another key")
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("reading the manifest: %w", err)
	}
	if m.Format != Format {
		return m, fmt.Errorf("the manifest has the format %q, and this version reads %s", m.Format, Format)
	}
	if m.File != filepath.Base(m.File) || !m.From.Before(m.To) || m.Upto < m.After {
		return m, errors.New("the manifest makes no sense")
	}
	return m, nil
}

// Verify checks a day: the signature, and that the file beside it is the one
// that was signed. path is the manifest or the file. If the manifest of the day
// before is in the folder, the day must follow on it without a gap.
func (s *Signer) Verify(path string) (Manifest, error) {
	path = strings.TrimSuffix(path, signatureSuffix)
	if base, found := strings.CutSuffix(path, ".jsonl"); found {
		path = base + manifestSuffix
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Manifest{}, err
	}
	m, err := s.open(path, text)
	if err != nil {
		return m, err
	}
	if err := m.check(filepath.Join(filepath.Dir(path), m.File)); err != nil {
		return m, fmt.Errorf("%s: %w", m.File, err)
	}
	return m, s.follows(m, filepath.Dir(path))
}

// check holds a file against what the manifest says.
func (m Manifest) check(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sum, lines, size := sha256.New(), 0, int64(0)
	for in := bufio.NewReaderSize(io.TeeReader(f, sum), 64<<10); ; {
		part, err := in.ReadSlice('\n')
		size += int64(len(part))
		switch {
		case err == nil:
			lines++
		case errors.Is(err, io.EOF):
			if size != m.Size || lines != m.Events || hex.EncodeToString(sum.Sum(nil)) != m.SHA256 {
				return fmt.Errorf("it is not what was signed: it has %d bytes and %d events, and was signed with %d and %d", size, lines, m.Size, m.Events)
			}
			return nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return err
		}
	}
}

// follows says whether the day follows on the one before, if that is there.
func (s *Signer) follows(m Manifest, dir string) error {
	day, err := time.Parse(dayFormat, m.Day)
	if err != nil {
		return fmt.Errorf("the manifest's day: %w", err)
	}
	before := filepath.Join(dir, m.Endpoint+"-"+day.AddDate(0, 0, -1).Format(dayFormat)+manifestSuffix)
	text, err := os.ReadFile(before)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	if m.Previous != hex.EncodeToString(sum[:]) {
		return fmt.Errorf("it does not follow on the day before: %s is not the manifest that it was made after", filepath.Base(before))
	}
	former, err := s.open(before, text)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(before), err)
	}
	if m.After != former.Upto || !m.From.Equal(former.To) {
		return fmt.Errorf("it does not begin where the day before ended, at position %d", former.Upto)
	}
	return nil
}
