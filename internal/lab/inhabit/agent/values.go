package agent

import "github.com/gosnmp/gosnmp"

// Integer returns an INTEGER.
func Integer(n int) Value { return Value{gosnmp.Integer, n} }

// Text returns an OCTET STRING.
func Text(s string) Value { return Value{gosnmp.OctetString, []byte(s)} }

// Counter32 returns a Counter32.
func Counter32(n uint32) Value { return Value{gosnmp.Counter32, n} }

// Counter64 returns a Counter64.
func Counter64(n uint64) Value { return Value{gosnmp.Counter64, n} }

// Gauge32 returns a Gauge32.
func Gauge32(n uint32) Value { return Value{gosnmp.Gauge32, n} }

// Ticks returns TimeTicks, in hundredths of a second.
func Ticks(n uint32) Value { return Value{gosnmp.TimeTicks, n} }

// OID returns an OBJECT IDENTIFIER, written with a leading dot.
func OID(s string) Value { return Value{gosnmp.ObjectIdentifier, s} }
