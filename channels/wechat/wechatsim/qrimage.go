package wechatsim

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
)

// This file draws QR codes (ISO/IEC 18004) of the one size the simulator
// needs: version 4, error correction L, byte mode, mask 0, one block. A real
// phone reads them; what it reads is the platform's link.
const (
	qrSize      = 33 // modules of version 4
	qrData      = 80 // data codewords of 4-L
	qrCheck     = 20 // error correction codewords of 4-L
	qrMaxText   = qrData - 2
	qrAlignment = 26 // centre of the one alignment pattern
	qrScale     = 8  // pixels of a module
	qrQuiet     = 4  // modules of white around it
)

// codeImage returns the QR code of text as PNG.
func codeImage(text string) ([]byte, error) {
	if len(text) > qrMaxText {
		return nil, fmt.Errorf("drawing a QR code: %d bytes, at most %d fit", len(text), qrMaxText)
	}
	var m qrMatrix
	m.drawPatterns()
	words := qrWords(text)
	m.drawWords(append(words, qrRemainder(words)...))
	var b bytes.Buffer
	if err := png.Encode(&b, m.picture()); err != nil {
		return nil, fmt.Errorf("drawing a QR code: %w", err)
	}
	return b.Bytes(), nil
}

// qrWords packs text: mode 0100, an 8-bit length, the bytes, a terminator and
// the two alternating pad words.
func qrWords(text string) []byte {
	words := make([]byte, 0, qrData+qrCheck)
	last := byte(0x4)
	for _, b := range append([]byte{byte(len(text))}, text...) {
		words = append(words, last<<4|b>>4)
		last = b & 0xf
	}
	words = append(words, last<<4)
	for pad := byte(0xec); len(words) < qrData; pad ^= 0xec ^ 0x11 {
		words = append(words, pad)
	}
	return words
}

// qrRemainder is the Reed–Solomon remainder of words over GF(256).
func qrRemainder(words []byte) []byte {
	divisor := qrDivisor()
	rem := make([]byte, qrCheck)
	for _, w := range words {
		factor := w ^ rem[0]
		copy(rem, rem[1:])
		rem[qrCheck-1] = 0
		for i, d := range divisor {
			rem[i] ^= qrTimes(d, factor)
		}
	}
	return rem
}

// qrDivisor is the product of (x - 2^i), its leading coefficient left out.
func qrDivisor() []byte {
	d := make([]byte, qrCheck)
	d[qrCheck-1] = 1
	root := byte(1)
	for range qrCheck {
		for j := range d {
			d[j] = qrTimes(d[j], root)
			if j+1 < len(d) {
				d[j] ^= d[j+1]
			}
		}
		root = qrTimes(root, 2)
	}
	return d
}

// qrTimes multiplies in GF(256) modulo x^8+x^4+x^3+x^2+1.
func qrTimes(x, y byte) byte {
	var z byte
	for i := 7; i >= 0; i-- {
		z = z<<1 ^ z>>7*0x1d
		z ^= y >> i & 1 * x
	}
	return z
}

// qrMatrix holds modules as [row][column].
type qrMatrix struct {
	dark  [qrSize][qrSize]bool
	fixed [qrSize][qrSize]bool // part of a pattern, holds no data
}

func (m *qrMatrix) set(x, y int, dark bool) {
	if x >= 0 && y >= 0 && x < qrSize && y < qrSize {
		m.dark[y][x], m.fixed[y][x] = dark, true
	}
}

func (m *qrMatrix) drawPatterns() {
	for i := range qrSize { // timing
		m.set(6, i, i%2 == 0)
		m.set(i, 6, i%2 == 0)
	}
	m.rings(3, 3, 4, 2)
	m.rings(qrSize-4, 3, 4, 2)
	m.rings(3, qrSize-4, 4, 2)
	m.rings(qrAlignment, qrAlignment, 2, 1)
	m.drawFormat()
}

// rings draws a finder (radius 4 with its white border) or the alignment
// pattern (radius 2); light is the radius of the white ring inside.
func (m *qrMatrix) rings(cx, cy, r, light int) {
	for dy := -r; dy <= r; dy++ {
		for dx := -r; dx <= r; dx++ {
			d := max(dx, -dx, dy, -dy)
			m.set(cx+dx, cy+dy, d != light && d != 4)
		}
	}
}

// drawFormat writes level L and mask 0 twice, with their BCH check bits.
func (m *qrMatrix) drawFormat() {
	const levelAndMask = 0b01_000
	rem := levelAndMask
	for range 10 {
		rem = rem<<1 ^ rem>>9*0x537
	}
	bits := (levelAndMask<<10 | rem) ^ 0x5412
	bit := func(i int) bool { return bits>>i&1 == 1 }
	for i := range 6 {
		m.set(8, i, bit(i))
	}
	m.set(8, 7, bit(6))
	m.set(8, 8, bit(7))
	m.set(7, 8, bit(8))
	for i := 9; i < 15; i++ {
		m.set(14-i, 8, bit(i))
	}
	for i := range 8 {
		m.set(qrSize-1-i, 8, bit(i))
	}
	for i := 8; i < 15; i++ {
		m.set(8, qrSize-15+i, bit(i))
	}
	m.set(8, qrSize-8, true)
}

// drawWords fills the free modules in the zigzag of the standard, masked.
func (m *qrMatrix) drawWords(words []byte) {
	i := 0
	for right := qrSize - 1; right >= 1; right -= 2 {
		if right == 6 {
			right = 5
		}
		for step := range qrSize {
			y := step
			if (right+1)&2 == 0 {
				y = qrSize - 1 - step
			}
			for _, x := range [2]int{right, right - 1} {
				if m.fixed[y][x] {
					continue
				}
				dark := i < len(words)*8 && words[i/8]>>(7-i%8)&1 == 1
				m.dark[y][x] = dark != ((x+y)%2 == 0)
				i++
			}
		}
	}
}

func (m *qrMatrix) picture() image.Image {
	const side = (qrSize + 2*qrQuiet) * qrScale
	img := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y := range side {
		for x := range side {
			mx, my := x/qrScale-qrQuiet, y/qrScale-qrQuiet
			if mx >= 0 && my >= 0 && mx < qrSize && my < qrSize && m.dark[my][mx] {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	return img
}
