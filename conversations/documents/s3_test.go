package documents_test

import (
	"bytes"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"jiebao/conversations/documents"
)

// TestS3 keeps documents in a bucket of a fake S3. It is not parallel, since
// the credentials come from the environment.
func TestS3(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	backend := s3mem.New()
	if err := backend.CreateBucket("documents"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	b, err := documents.OpenS3(t.Context(), "s3://documents?region=us-east-1&use_path_style=true&endpoint="+url.QueryEscape(server.URL))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	long := pdf(strings.Repeat("0123456789", 20_000))
	s := storeOf(t, b, 1)
	put(t, s, "d1", long)
	if got, info, err := read(t, s, "d1"); err != nil || !bytes.Equal(got, long) || info.MIME != "application/pdf" {
		t.Errorf("%d bytes, %+v, %v", len(got), info, err)
	}
	if _, err := s.PutPart(t.Context(), "cnv", "up", 0, 100, strings.NewReader("a piece")); err != nil {
		t.Error(err)
	}
	if held, err := s.Partial(t.Context(), "cnv", "up"); err != nil || held.Size != 7 {
		t.Errorf("%+v, %v", held, err)
	}
	if done, err := storeOf(t, b, 2, 1).Rekey(t.Context(), false, nil); err != nil || done.Changed != 3 || !done.Retired {
		t.Errorf("%+v, %v", done, err)
	}
	after := storeOf(t, b, 2)
	if err := after.Delete(t.Context(), "d1"); err != nil {
		t.Error(err)
	}
	if _, _, err := read(t, after, "d1"); err == nil {
		t.Error("a deleted document is still there")
	}
}

func TestBucketAddresses(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "documents", "s3://", "file:///tmp", "s3://b?nonsense=1"} {
		if _, err := documents.OpenS3(t.Context(), bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
