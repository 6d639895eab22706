// Package photo takes out of photos what says where, when and with what they
// were taken: the position above all. What is seen stays as it is, pixel for
// pixel, and the right way up.
//
// It keeps what it knows to be needed and leaves out the rest, so that what
// nobody has heard of yet is left out, too. No pixel is decoded.
//
// Imports: the standard library.
package photo

import (
	"encoding/binary"
	"errors"
)

// ErrUnreadable says that a photo is not made as its type says, so that nobody
// can tell what it holds.
var ErrUnreadable = errors.New("the photo cannot be read, so that nobody knows what it tells")

// Strips says whether Strip knows the type.
func Strips(mime string) bool { return stripper(mime) != nil }

// Strip returns a photo of the type without what it tells besides the
// picture. It may change b. Of a type that it does not know, ErrUnreadable.
func Strip(mime string, b []byte) ([]byte, error) {
	if strip := stripper(mime); strip != nil {
		return strip(b)
	}
	return nil, ErrUnreadable
}

func stripper(mime string) func([]byte) ([]byte, error) {
	switch mime {
	case "image/jpeg":
		return stripJPEG
	case "image/png":
		return stripPNG
	case "image/webp":
		return stripWebP
	case "image/heic":
		return stripHEIC
	}
	return nil
}

// orientation finds which way up a photo is in its metadata (TIFF 6.0, IFD;
// Exif 2.32, tag 0x0112): 1 to 8, 1 if it does not say.
func orientation(tiff []byte) byte {
	if len(tiff) >= 6 && string(tiff[:6]) == "Exif\x00\x00" {
		tiff = tiff[6:]
	}
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	count := int64(order.Uint16(tiff[at:]))
	for i := range count {
		entry := at + 2 + 12*i
		if entry+12 > int64(len(tiff)) {
			break
		}
		if order.Uint16(tiff[entry:]) == 0x0112 {
			if o := order.Uint16(tiff[entry+8:]); o >= 1 && o <= 8 {
				return byte(o)
			}
		}
	}
	return 1
}

// upright is metadata that says nothing but which way up the photo is.
func upright(orientation byte) []byte {
	return []byte{'M', 'M', 0, '*', 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0}
}
