package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"jiebao/channels"
	"jiebao/conversations/documents"
	"jiebao/conversations/documents/clamd"
)

// eicar is what every virus scanner finds and nobody is harmed by (EICAR,
// Anti-Malware Testfile), put together so that this program does not hold it.
func eicar() string {
	return strings.Join([]string{`X5O!P%@AP[4\PZX54(P^)7CC)7}$`, `EICAR-STANDARD-ANTIVIRUS-TEST-FILE`, `!$H+H*`}, "")
}

// writable says why nothing can be made where path is, with the folders that are
// missing on the way to it; nil if something can. It leaves nothing behind, and
// opens no file that is there: of SQLite's the process would lose its locks.
func writable(path string) error {
	folder := filepath.Dir(path)
	for {
		_, err := os.Stat(folder)
		if up := filepath.Dir(folder); errors.Is(err, fs.ErrNotExist) && up != folder {
			folder = up
			continue
		}
		break
	}
	probe, err := os.CreateTemp(folder, ".doctor-*")
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// scanner looks whether the virus scanner finds what it has to, and takes
// files as long as documents.max_size.
func (e examination) scanner(ctx context.Context) []channels.Finding {
	const about = "virus scanner"
	client, err := clamd.New(e.cfg.Documents.Clamd)
	if err != nil {
		return []channels.Finding{channels.Fault(about, err.Error(), "correct documents.clamd")}
	}
	switch found, err := client.Scan(ctx, strings.NewReader(eicar())); {
	case err != nil:
		return []channels.Finding{channels.Fault(about, err.Error(), "see whether clamd runs and documents.clamd is its address; no file is kept until then")}
	case found == "":
		return []channels.Finding{channels.Fault(about, "it does not find the EICAR test file", "see whether freshclam has loaded its signatures")}
	}
	largest := io.LimitReader(zeros{}, int64(e.cfg.Documents.MaxSize))
	switch _, err := client.Scan(ctx, largest); {
	case errors.Is(err, clamd.ErrTooLong):
		return []channels.Finding{channels.Fault(about, "it takes no files as large as documents.max_size", "raise StreamMaxLength in clamd.conf")}
	case err != nil:
		return []channels.Finding{channels.Fault(about, fmt.Sprintf("with a file as large as documents.max_size: %v", err), "see clamd's log")}
	}
	return []channels.Finding{channels.Found(about, "it finds the EICAR test file, and takes files as large as documents.max_size")}
}

// zeros never end.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// bucket writes, reads and deletes a file of its own.
func (e examination) bucket(ctx context.Context) channels.Finding {
	const about = "documents bucket"
	b, err := documents.OpenS3(ctx, e.cfg.Documents.Bucket)
	if err != nil {
		return channels.Fault(about, err.Error(), "correct documents.bucket")
	}
	defer b.Close()
	name := ".doctor-" + newID()
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"writing", func() error { return b.WriteAll(ctx, name, []byte(name), nil) }},
		{"reading", func() error { _, err := b.ReadAll(ctx, name); return err }},
		{"deleting", func() error { return b.Delete(ctx, name) }},
	} {
		if err := step.do(); err != nil {
			return channels.Fault(about, fmt.Sprintf("%s a file: %v", step.what, err),
				"see documents.bucket, the credentials in the environment, and that they allow to list, read, write and delete there")
		}
	}
	return channels.Found(about, "files can be written, read and deleted")
}
