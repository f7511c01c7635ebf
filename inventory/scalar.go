package inventory

import "encoding"

// Scalar is a type that is written as one word or number in the inventory.
// Settings of a kind of probe may have fields of such types of their own.
//
// UnmarshalText's error is shown to the user as it is: it repeats the text and
// says what to write instead.
type Scalar interface {
	encoding.TextUnmarshaler
	Format() Format
}

// Format says how a [Scalar] is written, for messages, the JSON Schema and the
// documentation.
type Format struct {
	Name     string   // in a sentence: "a bandwidth"
	Pattern  string   // regular expression of JSON Schema (ECMA-262)
	Doc      string   // how it is written, in a sentence or two
	Examples []string // the first one is shown in messages
	Number   bool     // a plain number will do, too
}
