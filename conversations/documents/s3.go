package documents

import (
	"context"
	"fmt"
	"net/url"

	"gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"
)

// OpenS3 returns a bucket of S3-compatible storage at an address like
// s3://name?region=cn-north-1&endpoint=https://oss.example.com&use_path_style=true.
// The credentials come from where the AWS SDK looks for them: the environment
// (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), a profile or the machine's role.
// Close the bucket after its store is no longer used.
func OpenS3(ctx context.Context, address string) (*blob.Bucket, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != s3blob.Scheme || u.Host == "" {
		return nil, fmt.Errorf("opening the documents' bucket: the address must be like s3://name?region=cn-north-1")
	}
	b, err := new(s3blob.URLOpener).OpenBucketURL(ctx, u)
	if err != nil {
		return nil, fmt.Errorf("opening the documents' bucket %s: %w", u.Host, err)
	}
	return b, nil
}
