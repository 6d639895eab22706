package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// bucketCommands are about S3-compatible storage in the place of the gateway's
// own folder, in scripts:
//
//	bucket        the gateway keeps documents in a bucket from now on
//	bucket holds NUMBER SEED...  it comes to hold the bytes of so many documents, and shows nobody those of these photos
func bucketCommands() map[string]func(*script) {
	return map[string]func(*script){"bucket": (*script).bucket}
}

const bucketName = "documents"

func (s *script) bucket() {
	if len(s.args) > 1 {
		s.bucketHolds()
		return
	}
	s.w.bucket = s3mem.New()
	s.Check(s.w.bucket.CreateBucket(bucketName))
	server := httptest.NewServer(gofakes3.New(s.w.bucket).Server())
	s.Defer(server.Close)
	s.w.cfg.Documents.Bucket = "s3://" + bucketName + "?" + url.Values{
		"region": {"us-east-1"}, "use_path_style": {"true"}, "anonymous": {"true"}, "endpoint": {server.URL},
	}.Encode()
	s.restart()
}

func (s *script) bucketHolds() {
	want, err := strconv.Atoi(s.arg(1))
	s.Check(err)
	held := 0
	s.eventually(fmt.Sprintf("the bucket holds %d documents", want), func() bool {
		held = 0
		list, err := s.w.bucket.ListBucket(bucketName, nil, gofakes3.ListBucketPage{})
		s.Check(err)
		for _, object := range list.Contents {
			got, err := s.w.bucket.GetObject(bucketName, object.Key, nil)
			s.Check(err)
			content, err := io.ReadAll(got.Contents)
			s.Check(err)
			if err := got.Contents.Close(); err != nil {
				s.Fatalf("closing %s: %v", object.Key, err)
			}
			if strings.HasSuffix(object.Key, "/content") { // and no note of what it is
				held++
			}
			for _, seed := range s.args[2:] {
				if photo := s.photoOf(seed); bytes.Contains(content, photo[:64]) || bytes.Contains(content, photo[len(photo)-64:]) {
					s.Fatalf("%s shows the photo %s", object.Key, seed)
				}
			}
		}
		return held == want
	})
}
