package schedule

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// digester makes fingerprints, and keeps its memory from one to the next.
type digester struct{ text []byte }

// fingerprint digests everything that a prober works with: the probe's
// settings and what they name, the target's identity and address, its interfaces
// with what they carry, and its credential. Of a secret it takes the reference, never the
// value: probers read secrets anew. Names and other texts are left out, as are
// places in files, so that a comment or a new name restarts nothing.
func (d *digester) fingerprint(j *probes.Job) string {
	d.text = d.text[:0]
	k, p, t := j.Key(), j.Probe, j.Target
	d.texts(string(k.Kind), k.Target, k.Site, k.Probe, k.Address, p.Kind, t.Address, t.Expect)
	d.number('i', uint64(p.Interval))
	d.number('i', uint64(p.Timeout))
	d.value(reflect.ValueOf(p.Config))
	d.value(reflect.ValueOf(t.Credential))
	d.value(reflect.ValueOf(p.Credential))
	if p.Endpoint != nil {
		d.texts(p.Endpoint.ID, p.Endpoint.Address)
	}
	for _, i := range t.Interfaces {
		d.texts(i.Selector)
		if i.Owner != nil {
			d.texts(string(i.Owner.Kind), i.Owner.ID, i.Owner.Site)
		}
	}
	sum := sha256.Sum256(d.text)
	return hex.EncodeToString(sum[:16])
}

// number writes a number behind a letter that says what it is.
func (d *digester) number(letter byte, n uint64) {
	d.text = append(d.text, letter)
	for ; n >= 0x80; n >>= 7 {
		d.text = append(d.text, byte(n)|0x80)
	}
	d.text = append(d.text, byte(n))
}

// texts writes how many texts there are, and each with its length before it.
func (d *digester) texts(list ...string) {
	d.number('t', uint64(len(list)))
	for _, s := range list {
		d.number('s', uint64(len(s)))
		d.text = append(d.text, s...)
	}
}

// value writes a value so that different values differ: with its kind and its
// length before it. Maps are sorted; places in files are left out. It does not
// use the values' own texts, because secrets hide in theirs even what they
// refer to.
func (d *digester) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Invalid:
		d.text = append(d.text, '-')
	case reflect.Pointer, reflect.Interface:
		d.value(v.Elem())
	case reflect.Struct:
		t := v.Type()
		if t == reflect.TypeFor[inventory.Pos]() {
			return
		}
		d.texts(t.Name())
		for i := range v.NumField() { //nolint:modernize // Fields makes a StructField of each, which allocates
			d.value(v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		d.number('l', uint64(v.Len()))
		for i := range v.Len() {
			d.value(v.Index(i))
		}
	case reflect.Map:
		d.number('m', uint64(v.Len()))
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		for _, k := range keys {
			d.value(k)
			d.value(v.MapIndex(k))
		}
	case reflect.String:
		d.number('s', uint64(v.Len()))
		d.text = append(d.text, v.String()...)
	case reflect.Bool:
		n := uint64(0)
		if v.Bool() {
			n = 1
		}
		d.number('b', n)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		d.number('i', uint64(v.Int()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		d.number('u', v.Uint())
	case reflect.Float32, reflect.Float64:
		d.number('f', math.Float64bits(v.Float()))
	default:
		// Functions, channels and the like cannot be compared: such settings
		// count as unchanged. The suite in probetest refuses them.
	}
}
