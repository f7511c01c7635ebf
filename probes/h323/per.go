package h323

import "errors"

// The little of aligned PER (ITU-T X.691) that RAS needs: bits, whole octets that
// begin at an octet, and lengths.

// writer writes bits from the top of each octet.
type writer struct {
	data []byte
	free int // bits not used yet of the last octet
}

// bits writes the lowest n bits of v, n at most 8.
func (w *writer) bits(v byte, n int) {
	for i := n - 1; i >= 0; i-- {
		if w.free == 0 {
			w.data = append(w.data, 0)
			w.free = 8
		}
		w.free--
		w.data[len(w.data)-1] |= (v >> i & 1) << w.free
	}
}

// octets writes whole octets, after padding.
func (w *writer) octets(b ...byte) {
	w.free = 0
	w.data = append(w.data, b...)
}

// uint16 writes a number of two octets, after padding.
func (w *writer) uint16(v uint16) { w.octets(byte(v>>8), byte(v)) }

// reader reads what a writer wrote. After the first error it returns zeros.
type reader struct {
	data []byte
	at   int // bits read
	err  error
}

var errShort = errors.New("it ends too early")

func (r *reader) bits(n int) byte {
	var v byte
	for range n {
		if r.at>>3 >= len(r.data) {
			r.err = errShort
			return 0
		}
		v = v<<1 | r.data[r.at>>3]>>(7-r.at&7)&1
		r.at++
	}
	return v
}

func (r *reader) octets(n int) []byte {
	at := (r.at + 7) >> 3
	if r.err != nil || n < 0 || at+n > len(r.data) {
		r.err = errShort
		return make([]byte, max(n, 0))
	}
	r.at = (at + n) << 3
	return r.data[at : at+n]
}

func (r *reader) uint16() uint16 {
	b := r.octets(2)
	return uint16(b[0])<<8 | uint16(b[1])
}

// length reads an unconstrained length (X.691, section 11.9); a fragmented one is an
// error, since nothing in an answer that is read can be that long.
func (r *reader) length() int {
	first := r.octets(1)[0]
	switch {
	case first < 0x80:
		return int(first)
	case first < 0xc0:
		return int(first&0x3f)<<8 | int(r.octets(1)[0])
	}
	r.err = errors.New("a length is out of range")
	return 0
}
