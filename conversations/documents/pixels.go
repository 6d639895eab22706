package documents

import (
	"encoding/binary"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

func jpegPixels(r io.Reader) (width, height int, err error) { return size(jpeg.DecodeConfig(r)) }
func pngPixels(r io.Reader) (width, height int, err error)  { return size(png.DecodeConfig(r)) }
func webpPixels(r io.Reader) (width, height int, err error) { return size(webp.DecodeConfig(r)) }

func size(c image.Config, err error) (int, int, error) { return c.Width, c.Height, err }

// maxMeta bounds the part of a HEIC file that says what is in it.
const maxMeta = 1 << 20

var errNoHEIC = errors.New("no image with a size before the image data")

// heicPixels finds the largest image of a HEIC file (ISO/IEC 23008-12): the
// boxes of the file are skipped up to meta, in which every ispe box gives the
// width and height of one image. Phones write meta before the image data.
func heicPixels(r io.Reader) (width, height int, err error) {
	for {
		var head [8]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return 0, 0, err
		}
		length := int64(binary.BigEndian.Uint32(head[:4])) - int64(len(head))
		if length < 0 || string(head[4:]) == "mdat" {
			return 0, 0, errNoHEIC
		}
		if string(head[4:]) != "meta" {
			if _, err := io.CopyN(io.Discard, r, length); err != nil {
				return 0, 0, err
			}
			continue
		}
		if length < 4 || length > maxMeta {
			return 0, 0, errNoHEIC
		}
		meta := make([]byte, length)
		if _, err := io.ReadFull(r, meta); err != nil {
			return 0, 0, err
		}
		return largestImage(meta[4:]) // after version and flags
	}
}

// largestImage looks through meta/iprp/ipco for ispe boxes.
func largestImage(meta []byte) (width, height int, err error) {
	for name, iprp := range boxes(meta) {
		if name != "iprp" {
			continue
		}
		for name, ipco := range boxes(iprp) {
			if name != "ipco" {
				continue
			}
			for name, ispe := range boxes(ipco) {
				if name != "ispe" || len(ispe) < 12 {
					continue
				}
				w, h := uint64(binary.BigEndian.Uint32(ispe[4:])), uint64(binary.BigEndian.Uint32(ispe[8:]))
				if w*h > uint64(width)*uint64(height) {
					width, height = int(w), int(h)
				}
			}
		}
	}
	if width == 0 {
		return 0, 0, errNoHEIC
	}
	return width, height, nil
}

// boxes yields the boxes in b, by name, and stops at the first broken one.
func boxes(b []byte) func(yield func(string, []byte) bool) {
	return func(yield func(string, []byte) bool) {
		for len(b) >= 8 {
			n := int64(binary.BigEndian.Uint32(b))
			if n < 8 || n > int64(len(b)) || !yield(string(b[4:8]), b[8:n]) {
				return
			}
			b = b[n:]
		}
	}
}
