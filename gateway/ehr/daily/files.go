package daily

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Who may read the files: the gateway's user, and its group, which what moves
// them belongs to.
const (
	folderMode = 0o750
	fileMode   = 0o640
)

// prepare makes the folder and puts the key there, if it is not.
func (w *Writer) prepare() error {
	if err := os.MkdirAll(w.Dir, folderMode); err != nil {
		return err
	}
	name, key := w.Endpoint+".public-key.pem", w.Signer.PEM()
	held, err := os.ReadFile(filepath.Join(w.Dir, name))
	switch {
	case err == nil && bytes.Equal(held, key):
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return w.replace(name, put(key))
}

func put(text []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	}
}

// replace writes a file that is there whole or not at all, even after a power
// cut.
func (w *Writer) replace(name string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(w.Dir, ".unfinished-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	err = errors.Join(write(f), f.Chmod(fileMode), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(w.Dir, name)); err != nil {
		return err
	}
	folder, err := os.Open(w.Dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
