package app

import (
	"fmt"
	"os"

	"jiebao/config"
	"jiebao/conversations/documents"
)

// keyring holds the documents' keys: the first encrypts and signs, what all
// made is still good.
type keyring []documents.Key

// openKeys reads the configured keys, or those of the key file, which the
// first start writes.
func openKeys(cfg config.Documents) (keyring, error) {
	if cfg.Key.Empty() {
		keys, err := documents.KeyFile(cfg.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("reading the documents' key: %w", err)
		}
		return keyring(keys).with(cfg.OldKeys)
	}
	return keyring(nil).with(append([]config.Secret{cfg.Key}, cfg.OldKeys...))
}

// heldKeys are the keys that there are, or fs.ErrNotExist if the first start
// has to make one.
func heldKeys(cfg config.Documents) (keyring, error) {
	if cfg.Key.Empty() {
		if _, err := os.Stat(cfg.KeyFile); err != nil {
			return nil, fmt.Errorf("reading the documents' key: %w", err)
		}
	}
	return openKeys(cfg)
}

func (k keyring) with(secrets []config.Secret) (keyring, error) {
	for _, secret := range secrets {
		key, err := documents.ParseKey(secret.Reveal())
		if err != nil {
			return nil, fmt.Errorf("reading the documents' key: %w", err)
		}
		k = append(k, key)
	}
	return k, nil
}

// derive makes a secret of each key for another purpose, the first's first.
func (k keyring) derive(purpose string) ([][]byte, error) {
	var secrets [][]byte
	for _, key := range k {
		secret, err := key.Derive(purpose)
		if err != nil {
			return nil, err
		}
		secrets = append(secrets, secret)
	}
	return secrets, nil
}
