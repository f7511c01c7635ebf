package inventory

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/teambition/rrule-go"
)

// Pos is a place in a file. Line and Col count from 1.
type Pos struct {
	File string
	Line int
	Col  int
}

// String returns file:line:col.
func (p Pos) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col) }

// BitRate is in bits per second, decimal (1 Mbps = 1,000,000). Zero: not given.
type BitRate uint64

// Bandwidth is the contracted bandwidth of a link or an uplink, seen from the
// site that it serves: Down is towards that site, Up is away from it.
type Bandwidth struct {
	Down BitRate `yaml:"down" doc:"Towards the site."`
	Up   BitRate `yaml:"up" doc:"Away from the site."`
}

// Ratio is a share from 0 to 1, written with a percent sign.
type Ratio float64

// Days is a whole number of calendar days.
type Days int

// Money is an amount in a currency (ISO 4217).
type Money struct {
	Amount   float64 `yaml:"amount,required" min:"0" doc:"Amount, without VAT."`
	Currency string  `yaml:"currency,required" doc:"ISO 4217 code." example:"VND"`
}

// Date is a calendar day, or a month, in the organization's time zone. The
// zero Date: not given.
type Date struct {
	Time  time.Time // midnight at the start of the day, or of the month's first day
	Month bool      // only year and month were written
}

// InterfaceRef names an interface of a device of the inventory.
type InterfaceRef struct {
	Device   string // id of the device
	Selector string // ifName, ifAlias, ifDescr or ifIndex
	Pos      Pos
}

// Recurrence is a rule of RFC 5545, section 3.3.10, that has been checked.
type Recurrence struct {
	Rule string
	Set  *rrule.RRule
}

// DSCP is a differentiated-services code point from 0 to 63 (RFC 2474), written
// as a number or as one of the names of RFC 4594: CS0-CS7, AF11-AF43, EF, VA.
type DSCP uint8

// ProbeSet holds the probes of a target by name, in the order of the file.
type ProbeSet []*Probe

// ProbeList holds the probes of a short form such as ping: [a, b].
type ProbeList []*Probe

// Secret is a reference to a secret: a file or an environment variable. It
// never holds the secret itself and nothing prints what it refers to.
type Secret struct {
	File string `yaml:"file" doc:"File that holds the secret; a trailing newline is ignored."`
	Env  string `yaml:"env" doc:"Environment variable that holds the secret."`
}

// String hides even the reference.
func (Secret) String() string { return "<secret>" }

// GoString hides even the reference.
func (Secret) GoString() string { return "<secret>" }

// LogValue hides even the reference.
func (Secret) LogValue() slog.Value { return slog.StringValue("<secret>") }

// IsZero reports whether no secret is referred to.
func (s Secret) IsZero() bool { return s.File == "" && s.Env == "" }
