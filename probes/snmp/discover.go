package snmp

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// DiscoverOptions say whom to ask, and how.
type DiscoverOptions struct {
	// Address is HOST, HOST:PORT or [IPv6]:PORT. A port in it stands above
	// that of Config.
	Address string
	// Credential is required; its secrets are read when the device is asked.
	Credential *inventory.SNMPCredential
	// Config holds the port, the transport, the retries and the repetitions;
	// its zero value is what a probe uses.
	Config Config
	// Timeout is how long each try of each request may take; 2 s if 0.
	Timeout time.Duration
	// Resolver finds the addresses of a name; nil: this host's.
	Resolver probes.Resolver
	// Progress, if set, is called with a word for what is being read, how many
	// columns are done, how many there are, and how many rows are known.
	Progress func(what string, done, of, rows int)
	// Trace collects every request; may be nil.
	Trace *probes.Trace
}

// Discovery is what a device says of itself and of its interfaces.
type Discovery struct {
	Address    string // as asked for, with the port unless it is 161
	SysName    string
	SysDescr   string
	Model      string
	Serial     string
	Software   string
	Interfaces []Interface // by index
	Requests   int         // packets sent
}

// Interface is a row of ifTable (RFC 2863) and its row of ifXTable. A nil field
// is an object that the device does not have for this interface, or that it
// fills with something else than the MIB allows there.
type Interface struct {
	Index       uint32  `json:"index"`        // ifIndex
	Name        *string `json:"name"`         // ifName
	Alias       *string `json:"alias"`        // ifAlias: what its manager wrote
	Descr       *string `json:"descr"`        // ifDescr
	Type        *int64  `json:"type"`         // ifType: a number of IANAifType-MIB, 6 is Ethernet
	Oper        *int64  `json:"oper"`         // ifOperStatus: 1 up, 2 down, 3 testing, 4 unknown, 5 dormant, 6 notPresent, 7 lowerLayerDown
	Admin       *int64  `json:"admin"`        // ifAdminStatus: 1 up, 2 down, 3 testing
	SpeedBPS    *uint64 `json:"speed_bps"`    // ifHighSpeed × 1,000,000 if that is above 0, else ifSpeed
	InOctets    *uint64 `json:"in_octets"`    // ifHCInOctets, else ifInOctets
	OutOctets   *uint64 `json:"out_octets"`   // ifHCOutOctets, else ifOutOctets
	InErrors    *uint64 `json:"in_errors"`    // ifInErrors
	OutErrors   *uint64 `json:"out_errors"`   // ifOutErrors
	InDiscards  *uint64 `json:"in_discards"`  // ifInDiscards
	OutDiscards *uint64 `json:"out_discards"` // ifOutDiscards
}

// WriteJSON writes the interfaces as a JSON array, [] if there are none.
func (d *Discovery) WriteJSON(w io.Writer) error {
	list := d.Interfaces
	if list == nil {
		list = []Interface{}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(list)
}

// row is an interface with the columns of which one stands above the other.
type row struct {
	Interface
	highSpeed, lowSpeed *uint64
	lowIn, lowOut       *uint64           // ifInOctets and ifOutOctets, with 32 bits
	has                 [columnsRead]bool // which columns have the row
}

// columnsRead is how many columns discover reads.
const columnsRead = 17

// discoverColumn is a column and the field that it fills.
type discoverColumn struct {
	word, oid string
	set       func(*row, value)
}

// discoverColumns are the columns that are read, in this order.
var discoverColumns = [columnsRead]discoverColumn{
	{"ifIndex", ifIndex, func(*row, value) {}},
	{"ifDescr", ifDescr, func(r *row, v value) { setText(&r.Descr, v) }},
	{"ifName", ifName, func(r *row, v value) { setText(&r.Name, v) }},
	{"ifAlias", ifAlias, func(r *row, v value) { setText(&r.Alias, v) }},
	{"ifType", ifType, func(r *row, v value) { setInteger(&r.Type, v) }},
	{"ifOperStatus", ifOperStatus, func(r *row, v value) { setInteger(&r.Oper, v) }},
	{"ifAdminStatus", ifAdminStatus, func(r *row, v value) { setInteger(&r.Admin, v) }},
	{"ifSpeed", ifSpeed, func(r *row, v value) { setNumber(&r.lowSpeed, v) }},
	{"ifHighSpeed", ifHighSpeed, func(r *row, v value) { setNumber(&r.highSpeed, v) }},
	{"ifInOctets", ifInOctets, func(r *row, v value) { setNumber(&r.lowIn, v) }},
	{"ifHCInOctets", ifHCInOctets, func(r *row, v value) { setNumber(&r.InOctets, v) }},
	{"ifOutOctets", ifOutOctets, func(r *row, v value) { setNumber(&r.lowOut, v) }},
	{"ifHCOutOctets", ifHCOutOctets, func(r *row, v value) { setNumber(&r.OutOctets, v) }},
	{"ifInErrors", ifInErrors, func(r *row, v value) { setNumber(&r.InErrors, v) }},
	{"ifOutErrors", ifOutErrors, func(r *row, v value) { setNumber(&r.OutErrors, v) }},
	{"ifInDiscards", ifInDiscards, func(r *row, v value) { setNumber(&r.InDiscards, v) }},
	{"ifOutDiscards", ifOutDiscards, func(r *row, v value) { setNumber(&r.OutDiscards, v) }},
}

func setText(to **string, v value) {
	if s, ok := v.text(); ok {
		*to = &s
	}
}

func setInteger(to **int64, v value) {
	if n, ok := v.integer(); ok {
		*to = &n
	}
}

func setNumber(to **uint64, v value) {
	if n, ok := v.number(); ok {
		*to = &n
	}
}

// Discover lists all interfaces of a device, by a walk over the columns of
// ifTable and ifXTable. A row that only some columns have is listed with what
// they say. Discover returns all rows or an error, which is an *Error once the
// device was asked.
func Discover(ctx context.Context, o DiscoverOptions) (*Discovery, error) {
	if o.Timeout <= 0 {
		o.Timeout = 2 * time.Second
	}
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	r, err := newRemote(o.Address, &o.Config, o.Credential, o.Resolver)
	if err != nil {
		return nil, fmt.Errorf("discover: %w", err)
	}
	s := newSession(r, new(engines), time.Now)
	defer func() { _ = s.Close() }()
	c := newClient(s, &o.Config, 0)
	c.timeout, c.trace = o.Timeout, o.Trace

	d := &Discovery{Address: o.Config.ProbeAddress(o.Address)}
	if err := c.discover(ctx, d, o.Progress); err != nil {
		return nil, err
	}
	d.Requests = s.Sent()
	return d, nil
}

func (c *client) discover(ctx context.Context, d *Discovery, progress func(string, int, int, int)) error {
	if progress == nil {
		progress = func(string, int, int, int) {}
	}
	// What the device says of itself comes first: a device that is down is
	// known to be after one request.
	progress("system", 0, len(discoverColumns), 0)
	f, err := c.readShortFacts(ctx)
	if err != nil {
		return err
	}
	d.SysName, d.SysDescr, d.Model, d.Serial, d.Software = f.sysName, f.sysDescr, f.model, f.serial, f.software

	t := table{}
	if err := c.readTable(ctx, t, progress); err != nil {
		return err
	}
	progress("done", len(discoverColumns), len(discoverColumns), len(t))
	for _, index := range t.indexes() {
		r := t[index]
		r.choose()
		d.Interfaces = append(d.Interfaces, r.Interface)
	}
	return nil
}

// text returns what the interface is called, nil if it is not.
func (r *row) text(by naming) *string {
	switch by {
	case byName:
		return r.Name
	case byAlias:
		return r.Alias
	default:
		return r.Descr
	}
}

// choose fills in the fields that two columns may tell.
func (r *row) choose() {
	r.SpeedBPS = r.speed()
	if r.InOctets == nil {
		r.InOctets = r.lowIn
	}
	if r.OutOctets == nil {
		r.OutOctets = r.lowOut
	}
}

// maxHighSpeed is the largest ifHighSpeed whose bit/s can be counted.
const maxHighSpeed = math.MaxUint64 / 1_000_000

// speed returns the speed in bit/s. ifHighSpeed is rounded to Mbit/s, so it is
// 0 below half of one; no interface is as fast as what does not fit, so that is
// no speed.
func (r *row) speed() *uint64 {
	high := r.highSpeed
	if high != nil && *high <= maxHighSpeed && (*high > 0 || r.lowSpeed == nil) {
		bps := *high * 1_000_000
		return &bps
	}
	return r.lowSpeed
}
