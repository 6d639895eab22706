package sqlstore

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// PostgreSQL takes the rows of a bulk as one array a column ("Arrays", and
// array_send in its sources: dimensions, whether there are nulls, the elements'
// type, length, lower bound, and the elements, each after its length). pgx would
// append such an array value by value to a buffer that grows, which was two
// fifths of all that a process allocated; here the statement's values are
// measured first.

// bulkColumn is column n of a bulk's rows. A column's values are all texts or
// all integers.
type bulkColumn struct {
	rows   [][]any
	n      int
	values *buffer // of the statement
}

// withBulkColumns has a connection take bulkColumns as arrays.
func withBulkColumns(_ context.Context, conn *pgx.Conn) error {
	types := conn.TypeMap()
	for _, oid := range []uint32{pgtype.TextArrayOID, pgtype.Int8ArrayOID} {
		t, ok := types.TypeForOID(oid)
		if !ok {
			return fmt.Errorf("the type of arrays %d is not known", oid)
		}
		types.RegisterType(&pgtype.Type{Name: t.Name, OID: oid, Codec: arrayCodec{t.Codec}})
	}
	return nil
}

// arrayCodec is a codec of arrays that takes bulkColumns too.
type arrayCodec struct{ pgtype.Codec }

// PlanEncode implements pgtype.Codec.
func (c arrayCodec) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if _, ok := value.(bulkColumn); ok && format == pgtype.BinaryFormatCode {
		return columnPlan(oid)
	}
	return c.Codec.PlanEncode(m, oid, format, value)
}

// columnPlan appends a bulkColumn as an array of a type.
type columnPlan uint32

// Encode implements pgtype.EncodePlan.
func (p columnPlan) Encode(value any, b []byte) ([]byte, error) {
	c := value.(bulkColumn)
	if c.n == 0 { // the statement's first: the others come after it
		b = append(c.values.room(bulkSize(c.rows)), b...)
	}
	element := uint32(pgtype.TextOID)
	if p == pgtype.Int8ArrayOID {
		element = pgtype.Int8OID
	}
	for _, word := range []uint32{1, 0, element, uint32(len(c.rows)), 1} {
		b = binary.BigEndian.AppendUint32(b, word)
	}
	for _, row := range c.rows {
		switch v := row[c.n].(type) {
		case string:
			if element != pgtype.TextOID {
				return nil, fmt.Errorf("column %d of a bulk is declared as integers, and has a text", c.n+1)
			}
			b = binary.BigEndian.AppendUint32(b, uint32(len(v)))
			b = append(b, v...)
		case int64:
			if element != pgtype.Int8OID {
				return nil, fmt.Errorf("column %d of a bulk is declared as texts, and has an integer", c.n+1)
			}
			b = binary.BigEndian.AppendUint32(b, 8)
			b = binary.BigEndian.AppendUint64(b, uint64(v))
		default:
			return nil, fmt.Errorf("column %d of a bulk has a %T", c.n+1, v)
		}
	}
	return b, nil
}

// bulkSize is how many bytes all arrays of a bulk take.
func bulkSize(rows [][]any) int {
	size := 20 * len(rows[0])
	for _, row := range rows {
		for _, v := range row {
			if text, ok := v.(string); ok {
				size += 4 + len(text)
			} else {
				size += 12
			}
		}
	}
	return size
}
