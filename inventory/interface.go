package inventory

import (
	"fmt"
	"strings"
)

// InterfaceRef names an interface of a device of the inventory.
type InterfaceRef struct {
	Device   string // id of the device
	Selector string // ifName, ifAlias, ifDescr or ifIndex
	Pos      Pos
}

// ParseInterfaceRef reads device/interface: the id of a device up to the first
// slash, and what the device calls the interface after it.
func ParseInterfaceRef(text string) (InterfaceRef, error) {
	device, selector, ok := strings.Cut(text, "/")
	device, selector = strings.TrimSpace(device), strings.TrimSpace(selector)
	if !ok || device == "" || selector == "" {
		return InterfaceRef{}, fmt.Errorf("%s is no interface: write the device's id, a slash and the interface's name, such as rt-hai-chau/GigabitEthernet0/0", quote(text))
	}
	return InterfaceRef{Device: device, Selector: selector}, nil
}

// UnmarshalText reads what [ParseInterfaceRef] reads; it leaves Pos alone.
func (r *InterfaceRef) UnmarshalText(text []byte) error {
	parsed, err := ParseInterfaceRef(string(text))
	r.Device, r.Selector = parsed.Device, parsed.Selector
	return err
}

// MarshalText returns what String returns.
func (r InterfaceRef) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// String returns device/interface.
func (r InterfaceRef) String() string { return r.Device + "/" + r.Selector }

// Format describes how an InterfaceRef is written.
func (*InterfaceRef) Format() Format {
	return Format{
		Name:     "an interface",
		Pattern:  `^[^/]+/.+$`,
		Doc:      "The id of a device, a slash, and the interface's ifName, ifAlias, ifDescr or ifIndex.",
		Examples: []string{"rt-hai-chau/GigabitEthernet0/0", "rt-hai-chau/12"},
	}
}
