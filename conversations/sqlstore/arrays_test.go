package sqlstore

import (
	"bytes"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgtype"
)

// TestBulkColumns holds the arrays to those that pgx makes.
func TestBulkColumns(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("入职", 5000)
	rows := [][]any{{"a", int64(1), long}, {"", int64(-1 << 63), "b"}, {"王小明", int64(0), ""}}
	types := pgtype.NewMap()
	before := []byte("what other parameters left")
	for n, c := range []struct {
		oid  uint32
		want any
	}{
		{pgtype.TextArrayOID, []string{"a", "", "王小明"}},
		{pgtype.Int8ArrayOID, []int64{1, -1 << 63, 0}},
		{pgtype.TextArrayOID, []string{long, "b", ""}},
	} {
		want, err := types.Encode(c.oid, pgtype.BinaryFormatCode, c.want, bytes.Clone(before))
		if err != nil {
			t.Fatal(err)
		}
		got, err := columnPlan(c.oid).Encode(bulkColumn{rows, n, &buffer{}}, bytes.Clone(before))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("column %d: %v\n got %.80x\nwant %.80x", n+1, err, got, want)
		}
	}
	for _, wrong := range []struct {
		oid uint32
		n   int
	}{{pgtype.Int8ArrayOID, 0}, {pgtype.TextArrayOID, 1}} {
		if _, err := columnPlan(wrong.oid).Encode(bulkColumn{rows, wrong.n, &buffer{}}, nil); err == nil {
			t.Errorf("column %d was taken for another type", wrong.n+1)
		}
	}
	if _, err := columnPlan(pgtype.TextArrayOID).Encode(bulkColumn{[][]any{{true}}, 0, &buffer{}}, nil); err == nil {
		t.Error("a truth value was taken for a text")
	}
}
