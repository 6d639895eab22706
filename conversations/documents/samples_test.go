package documents_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"image"
	"image/jpeg"
	"image/png"
	"testing"
)

// samples returns one small file of each kind that is taken.
func samples(t *testing.T) map[string][]byte {
	t.Helper()
	picture := image.NewGray(image.Rect(0, 0, 64, 48))
	var j, p bytes.Buffer
	if err := jpeg.Encode(&j, picture, nil); err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(&p, picture); err != nil {
		t.Fatal(err)
	}
	// One pixel, lossless.
	w, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		"image/jpeg":      withEXIF(j.Bytes()),
		"image/png":       p.Bytes(),
		"image/webp":      w,
		"image/heic":      heic(4032, 3024, 512, 512),
		"application/pdf": pdf("hello"),
	}
}

// withEXIF puts 150 KB of metadata before a JPEG's header, as phones do with
// their previews, far behind the bytes that are sniffed.
func withEXIF(photo []byte) []byte {
	out := bytes.Clone(photo[:2])
	for range 3 {
		out = append(out, 0xFF, 0xE1, 0xC3, 0x52) // APP1 of 50,002 bytes
		out = append(out, make([]byte, 50_000)...)
	}
	return append(out, photo[2:]...)
}

func pdf(words string) []byte {
	return []byte("%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\n% " + words + "\ntrailer << /Root 1 0 R >>\nstartxref\n0\n%%EOF\n")
}

// heic builds a file of images with the given widths and heights, laid out
// as ISO/IEC 23008-12 says.
func heic(sizes ...uint32) []byte {
	var ipco []byte
	for i := 0; i < len(sizes); i += 2 {
		ispe := binary.BigEndian.AppendUint32(make([]byte, 4), sizes[i])
		ipco = append(ipco, isoBox("ispe", binary.BigEndian.AppendUint32(ispe, sizes[i+1]))...)
	}
	meta := append(make([]byte, 4), isoBox("hdlr", make([]byte, 24))...)
	meta = append(meta, isoBox("iprp", isoBox("ipco", ipco))...)
	file := isoBox("ftyp", []byte("heic\x00\x00\x00\x00mif1heic"))
	file = append(file, isoBox("meta", meta)...)
	return append(file, isoBox("mdat", make([]byte, 9000))...)
}

func isoBox(name string, content []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(8+len(content)))
	return append(append(b, name...), content...)
}
