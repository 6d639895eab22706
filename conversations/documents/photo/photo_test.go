package photo

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"
	"time"

	"golang.org/x/image/webp"
)

const secret = "39.9042N116.4074E" // where it was taken

func picture(t testing.TB) (j, p, w []byte) {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 64, 48))
	for i := range img.Pix {
		img.Pix[i] = byte(i * 7)
	}
	var a, b bytes.Buffer
	if err := errors.Join(jpeg.Encode(&a, img, nil), png.Encode(&b, img)); err != nil {
		t.Fatal(err)
	}
	w, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	return a.Bytes(), b.Bytes(), w
}

func tiff(order binary.AppendByteOrder, mark string, turned uint16) []byte {
	b := order.AppendUint32([]byte(mark), 8)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(b, 0x8825) // the position
	b = append(b, make([]byte, 10)...)
	b = order.AppendUint16(b, 0x0112)
	b = order.AppendUint16(b, 3)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint16(b, turned)
	b = append(b, make([]byte, 6)...)
	return append(b, secret...)
}

func segment(marker byte, content string) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xFF, marker}, uint16(2+len(content))), content...)
}

func riff(name string, content []byte) []byte {
	b := append(binary.LittleEndian.AppendUint32([]byte(name), uint32(len(content))), content...)
	return append(b, make([]byte, len(content)%2)...)
}

// telling are photos that tell where they were taken, turned by orientation 6.
func telling(t testing.TB) map[string][]byte {
	j, p, w := picture(t)
	exif := tiff(binary.LittleEndian, "II*\x00", 6)
	inside := slices.Concat(j[:2], segment(0xE1, "Exif\x00\x00"+string(exif)), segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00"+secret),
		segment(0xED, "Photoshop 3.0\x00"+secret), segment(0xFE, secret), j[2:], []byte(secret), j)
	chunk := func(name, content string) []byte { return appendPNGChunk(nil, name, []byte(content)) }
	head := len(pngSignature) + 25
	shown := slices.Concat(p[:head], chunk("eXIf", string(tiff(binary.BigEndian, "MM\x00*", 6))), chunk("tEXt", "GPS\x00"+secret), chunk("iTXt", "x\x00\x00\x00\x00\x00"+secret), p[head:], []byte(secret))
	body := slices.Concat([]byte("WEBP"), riff("VP8X", []byte{0x0C, 0, 0, 0, 0, 0, 0, 0, 0, 0}), w[12:], riff("EXIF", exif), riff("XMP ", []byte(secret)), riff("ABCD", []byte(secret)))
	return map[string][]byte{
		"image/jpeg": inside, "image/png": shown, "image/webp": append(riff("RIFF", body), secret...), "image/heic": heic(),
	}
}

func box(name string, parts ...[]byte) []byte {
	content := slices.Concat(parts...)
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(content))), name...), content...)
}

// heic is a file whose second item is metadata, which lies in mdat.
func heic() []byte {
	exif := append([]byte{0, 0, 0, 0}, tiff(binary.BigEndian, "MM\x00*", 6)...)
	build := func(at uint32) []byte {
		infe := func(id byte, kind string) []byte {
			return box("infe", []byte{2, 0, 0, 0, 0, id, 0, 0}, []byte(kind), []byte{0})
		}
		item := func(id byte, at, length uint32) []byte {
			b := []byte{0, id, 0, 0, 0, 0, 0, 1}
			return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, at), length)
		}
		iloc := slices.Concat([]byte{1, 0, 0, 0, 0x44, 0, 0, 2}, item(1, at, 6), item(2, at+6, uint32(len(exif))))
		meta := box("meta", make([]byte, 4), box("iinf", []byte{0, 0, 0, 0, 0, 2}, infe(1, "hvc1"), infe(2, "Exif")), box("iloc", iloc), box("uuid", []byte(secret)))
		return slices.Concat(box("ftyp", []byte("heic\x00\x00\x00\x00mif1heic")), meta, box("mdat", []byte("pixels"), exif), box("moov", []byte(secret)), []byte("\x00\x00\xff\xffmore"+secret))
	}
	return build(uint32(bytes.Index(build(0), []byte("pixels"))))
}

func TestPhotosTellNothing(t *testing.T) {
	t.Parallel()
	for mime, file := range telling(t) {
		if !bytes.Contains(file, []byte(secret)) || !Strips(mime) {
			t.Fatalf("%s tells nothing to begin with", mime)
		}
		got, err := Strip(mime, bytes.Clone(file))
		if err != nil {
			t.Errorf("%s: %v", mime, err)
			continue
		}
		if bytes.Contains(got, []byte(secret)) {
			t.Errorf("%s still tells %q", mime, secret)
		}
		again, err := Strip(mime, bytes.Clone(got))
		if err != nil || !bytes.Equal(again, got) {
			t.Errorf("%s once more: %d bytes of %d, %v", mime, len(again), len(got), err)
		}
		if mime == "image/heic" && (len(got) != len(file) || !bytes.Contains(got, []byte("pixels"))) {
			t.Errorf("the picture of a HEIC moved or is gone: %q", got)
		}
	}
}

// TestPicturesStayAsTheyAre compares pixels, and which way up they are.
func TestPicturesStayAsTheyAre(t *testing.T) {
	t.Parallel()
	for mime, decode := range map[string]func([]byte) (image.Image, error){
		"image/jpeg": func(b []byte) (image.Image, error) { return jpeg.Decode(bytes.NewReader(b)) },
		"image/png":  func(b []byte) (image.Image, error) { return png.Decode(bytes.NewReader(b)) },
		"image/webp": func(b []byte) (image.Image, error) { return webp.Decode(bytes.NewReader(b)) },
	} {
		file := telling(t)[mime]
		got, err := Strip(mime, bytes.Clone(file))
		if err != nil {
			t.Fatal(mime, err)
		}
		if !bytes.Contains(got, upright(6)) {
			t.Errorf("%s is no longer the right way up", mime)
		}
		if mime == "image/webp" {
			file = file[:len(file)-len(secret)]
		}
		before, errBefore := decode(file)
		after, errAfter := decode(got)
		if errBefore != nil || errAfter != nil || before.Bounds() != after.Bounds() {
			t.Errorf("%s: %v, %v", mime, errBefore, errAfter)
			continue
		}
		for y := range before.Bounds().Dy() {
			for x := range before.Bounds().Dx() {
				if before.At(x, y) != after.At(x, y) {
					t.Fatalf("%s: the pixel at %d, %d changed", mime, x, y)
				}
			}
		}
	}
}

func TestPlainPhotosStayPlain(t *testing.T) {
	t.Parallel()
	j, p, w := picture(t)
	for mime, file := range map[string][]byte{"image/jpeg": j, "image/png": p, "image/webp": w} {
		if got, err := Strip(mime, bytes.Clone(file)); err != nil || !bytes.Equal(got, file) {
			t.Errorf("%s: %d bytes of %d, %v", mime, len(got), len(file), err)
		}
	}
	for mime, file := range map[string][]byte{"image/jpeg": j[:100], "image/png": p[:40], "image/webp": w[:20], "image/heic": []byte("xx"), "application/pdf": []byte("%PDF")} {
		if _, err := Strip(mime, bytes.Clone(file)); !errors.Is(err, ErrUnreadable) {
			t.Errorf("a part of %s: %v", mime, err)
		}
	}
}

// TestNobodyIsKeptBusy opens a HEIC whose metadata is said to be the whole file
// thousands of times: blanking it each time would take minutes.
func TestNobodyIsKeptBusy(t *testing.T) {
	t.Parallel()
	infe := box("infe", []byte{2, 0, 0, 0, 0, 2, 0, 0}, []byte("Exif"), []byte{0})
	for name, items := range map[string][]byte{
		"metadata": {0, 1, 0, 2, 0, 0, 0, 0, 0xFF, 0xFF},
		"pictures": bytes.Repeat([]byte{0, 1, 0, 0, 0, 0, 0xFF, 0xFF}, 50_000),
	} {
		iloc := append([]byte{1, 0, 0, 0, 0, 0}, items...)
		if name == "pictures" {
			iloc = slices.Concat([]byte{0, 0, 0, 0, 0, 0, 0xC3, 0x50}, items)
		}
		meta := box("meta", make([]byte, 4), box("iinf", []byte{0, 0, 0, 0, 0, 1}, infe), box("iloc", iloc))
		file := slices.Concat(box("ftyp", []byte("heic\x00\x00\x00\x00mif1heic")), meta, box("mdat", make([]byte, 8<<20)))
		begun := time.Now()
		if _, err := Strip("image/heic", file); !errors.Is(err, ErrUnreadable) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("%s: it took %s", name, took)
		}
	}
}

func FuzzStrip(f *testing.F) {
	for mime, file := range telling(f) {
		f.Add(mime, file)
	}
	f.Fuzz(func(t *testing.T, mime string, b []byte) {
		got, err := Strip(mime, bytes.Clone(b))
		if err != nil {
			return
		}
		again, err := Strip(mime, bytes.Clone(got))
		if err != nil || !bytes.Equal(got, again) {
			t.Errorf("%s: what was stripped is stripped to something else: %v", mime, err)
		}
	})
}
