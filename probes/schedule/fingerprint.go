package schedule

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// fingerprint digests everything that a prober works with: the probe's
// settings, the target's identity and address, its interfaces with what they
// carry, and its credential. Of a secret it takes the reference, never the
// value: probers read secrets anew. Names and other texts are left out, as are
// places in files, so that a comment or a new name restarts nothing.
func fingerprint(j probes.Job) string {
	h := sha256.New()
	digest(h, reflect.ValueOf(j.Key()))
	p := *j.Probe
	digest(h, reflect.ValueOf([]any{p.Kind, p.Interval, p.Timeout, p.Config}))
	digest(h, reflect.ValueOf([]any{j.Target.Address, j.Target.Expect, j.Target.Credential}))
	for _, i := range j.Target.Interfaces {
		digest(h, reflect.ValueOf([]string{i.Selector}))
		if i.Owner != nil {
			digest(h, reflect.ValueOf([]string{string(i.Owner.Kind), i.Owner.ID, i.Owner.Site}))
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// digest writes a value so that different values differ: with its kind and its
// length before it. Maps are sorted; places in files are left out. It does not
// use the values' own texts, because secrets hide in theirs even what they
// refer to.
func digest(w io.Writer, v reflect.Value) {
	switch v.Kind() {
	case reflect.Invalid:
		_, _ = io.WriteString(w, "nil;")
	case reflect.Pointer, reflect.Interface:
		digest(w, v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[inventory.Pos]() {
			return
		}
		_, _ = fmt.Fprintf(w, "struct %s %d;", v.Type().Name(), v.NumField())
		for _, field := range v.Fields() {
			digest(w, field)
		}
	case reflect.Slice, reflect.Array:
		_, _ = fmt.Fprintf(w, "list %d;", v.Len())
		for i := range v.Len() {
			digest(w, v.Index(i))
		}
	case reflect.Map:
		_, _ = fmt.Fprintf(w, "map %d;", v.Len())
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		for _, k := range keys {
			digest(w, k)
			digest(w, v.MapIndex(k))
		}
	case reflect.String:
		_, _ = fmt.Fprintf(w, "%d %s;", v.Len(), v.String())
	case reflect.Bool:
		_, _ = fmt.Fprintf(w, "%t;", v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		_, _ = fmt.Fprintf(w, "%d;", v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		_, _ = fmt.Fprintf(w, "%d;", v.Uint())
	case reflect.Float32, reflect.Float64:
		_, _ = fmt.Fprintf(w, "%g;", v.Float())
	default:
		// Functions, channels and the like cannot be compared: such settings
		// count as unchanged. The suite in probetest refuses them.
	}
}
