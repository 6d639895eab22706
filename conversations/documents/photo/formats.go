package photo

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
)

// stripJPEG keeps the segments that the picture is made of (ITU-T T.81, Annex
// B), its colour profile, and the first picture of those that a phone puts one
// behind the other.
func stripJPEG(b []byte) ([]byte, error) {
	if len(b) < 4 || b[0] != 0xFF || b[1] != 0xD8 {
		return nil, ErrUnreadable
	}
	out, turned := make([]byte, 0, len(b)), byte(1)
	for i := 2; ; {
		for i < len(b) && b[i] != 0xFF { // what does not belong there, as decoders forgive
			i++
		}
		for i < len(b) && b[i] == 0xFF {
			i++
		}
		if i >= len(b) {
			return nil, ErrUnreadable
		}
		marker := b[i]
		i++
		switch {
		case marker == 0xD9:
			return slices.Concat(b[:2], orientationSegment(turned), out, []byte{0xFF, 0xD9}), nil
		case marker == 0 || marker == 0x01 || marker >= 0xD0 && marker <= 0xD8:
			continue
		}
		if i+2 > len(b) {
			return nil, ErrUnreadable
		}
		end := i + int(binary.BigEndian.Uint16(b[i:]))
		if end < i+2 || end > len(b) {
			return nil, ErrUnreadable
		}
		content := b[i+2 : end]
		if marker == 0xE1 && turned == 1 && bytes.HasPrefix(content, []byte("Exif\x00\x00")) {
			turned = orientation(content)
		}
		if keepsSegment(marker, content) {
			out = append(append(out, 0xFF, marker), b[i:end]...)
		}
		i = end
		if marker == 0xDA {
			scan := scanLength(b[i:])
			out = append(out, b[i:i+scan]...)
			i += scan
		}
	}
}

func keepsSegment(marker byte, content []byte) bool {
	switch {
	case marker == 0xE0:
		return bytes.HasPrefix(content, []byte("JFIF\x00")) && len(content) == 14 // without a preview
	case marker == 0xE2:
		return bytes.HasPrefix(content, []byte("ICC_PROFILE\x00"))
	case marker == 0xEE:
		return bytes.HasPrefix(content, []byte("Adobe"))
	}
	return marker >= 0xC0 && marker <= 0xDF
}

// scanLength is how far the pixels go: to a marker that is none of theirs.
func scanLength(b []byte) int {
	for i := 0; ; i++ {
		next := bytes.IndexByte(b[i:], 0xFF)
		if next < 0 || i+next+1 >= len(b) {
			return len(b)
		}
		i += next
		if m := b[i+1]; m != 0 && m != 0xFF && (m < 0xD0 || m > 0xD7) {
			return i
		}
	}
}

func orientationSegment(turned byte) []byte {
	if turned == 1 {
		return nil
	}
	content := append([]byte("Exif\x00\x00"), upright(turned)...)
	return append(binary.BigEndian.AppendUint16([]byte{0xFF, 0xE1}, uint16(2+len(content))), content...)
}

const pngSignature = "\x89PNG\r\n\x1a\n"

// stripPNG keeps the chunks that the picture is made of (PNG, third edition,
// 11.2 and 11.3), and nothing behind its end.
func stripPNG(b []byte) ([]byte, error) {
	if !bytes.HasPrefix(b, []byte(pngSignature)) {
		return nil, ErrUnreadable
	}
	kept := []string{"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "pHYs", "cICP", "mDCV", "cLLI", "acTL", "fcTL", "fdAT"}
	turned := pngOrientation(b)
	out := append(make([]byte, 0, len(b)+64), pngSignature...)
	for name, chunk := range pngChunks(b) {
		if turned != 1 && name == "IDAT" {
			out = appendPNGChunk(out, "eXIf", upright(turned))
			turned = 1
		}
		if slices.Contains(kept, name) {
			out = append(out, chunk...)
		}
		if name == "IEND" {
			return out, nil
		}
	}
	return nil, ErrUnreadable
}

func pngOrientation(b []byte) byte {
	for name, chunk := range pngChunks(b) {
		if name == "eXIf" {
			return orientation(chunk[8 : len(chunk)-4])
		}
	}
	return 1
}

// pngChunks yields whole chunks, by name, and stops at the first broken one.
func pngChunks(b []byte) func(yield func(string, []byte) bool) {
	return func(yield func(string, []byte) bool) {
		for b := b[len(pngSignature):]; len(b) >= 12; {
			n := int64(binary.BigEndian.Uint32(b)) + 12
			if n > int64(len(b)) || !yield(string(b[4:8]), b[:n]) {
				return
			}
			b = b[n:]
		}
	}
}

func appendPNGChunk(out []byte, name string, content []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(content)))
	named := append([]byte(name), content...)
	return binary.BigEndian.AppendUint32(append(out, named...), crc32.ChecksumIEEE(named))
}

// stripWebP keeps the chunks that the picture is made of (RFC 9649, 2.7).
func stripWebP(b []byte) ([]byte, error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WEBP" {
		return nil, ErrUnreadable
	}
	out, turned := append(make([]byte, 0, len(b)), b[:12]...), byte(1)
	extended, pixels := -1, false
	size := min(int64(len(b)), 8+int64(binary.LittleEndian.Uint32(b[4:])))
	for b := b[12:max(12, size)]; len(b) >= 8; {
		n := 8 + int64(binary.LittleEndian.Uint32(b[4:]))
		if n > int64(len(b)) {
			return nil, ErrUnreadable
		}
		chunk := b[:n]
		b = b[min(n+n%2, int64(len(b))):]
		switch string(chunk[:4]) {
		case "EXIF":
			turned = orientation(chunk[8:])
			continue
		case "VP8X":
			if len(chunk) < 18 {
				return nil, ErrUnreadable
			}
			extended = len(out) + 8
		case "VP8 ", "VP8L", "ANMF":
			pixels = true
		case "ALPH", "ANIM", "ICCP":
		default:
			continue
		}
		out = appendRIFFChunk(out, chunk)
	}
	if !pixels {
		return nil, ErrUnreadable
	}
	const hasEXIF, hasXMP = 0x08, 0x04
	if extended > 0 {
		out[extended] &^= hasEXIF | hasXMP
		if turned != 1 {
			out[extended] |= hasEXIF
			tiff := upright(turned)
			out = appendRIFFChunk(out, append(binary.LittleEndian.AppendUint32([]byte("EXIF"), uint32(len(tiff))), tiff...))
		}
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, nil
}

func appendRIFFChunk(out, chunk []byte) []byte {
	out = append(out, chunk...)
	if len(chunk)%2 == 1 {
		out = append(out, 0)
	}
	return out
}
