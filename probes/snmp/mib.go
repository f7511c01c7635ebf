package snmp

import (
	"strconv"

	"wanwatch/probes/metric"
)

// Objects of SNMPv2-MIB (RFC 3418), SNMP-FRAMEWORK-MIB (RFC 3411).
const (
	sysDescr        = ".1.3.6.1.2.1.1.1.0"
	sysObjectID     = ".1.3.6.1.2.1.1.2.0"
	sysUpTime       = ".1.3.6.1.2.1.1.3.0" // hundredths of a second, wraps after 497 days
	sysName         = ".1.3.6.1.2.1.1.5.0"
	snmpEngineBoots = ".1.3.6.1.6.3.10.2.1.2.0"
	snmpEngineTime  = ".1.3.6.1.6.3.10.2.1.3.0" // seconds
)

// Columns of IF-MIB (RFC 2863): ifTable and ifXTable.
const (
	ifEntry  = ".1.3.6.1.2.1.2.2.1."
	ifXEntry = ".1.3.6.1.2.1.31.1.1.1."

	ifIndex       = ifEntry + "1"
	ifDescr       = ifEntry + "2"
	ifType        = ifEntry + "3"
	ifSpeed       = ifEntry + "5" // bit/s, at most 4,294,967,295
	ifAdminStatus = ifEntry + "7"
	ifOperStatus  = ifEntry + "8"
	ifLastChange  = ifEntry + "9" // sysUpTime at the change
	ifInOctets    = ifEntry + "10"
	ifInUcast     = ifEntry + "11"
	ifInDiscards  = ifEntry + "13"
	ifInErrors    = ifEntry + "14"
	ifOutOctets   = ifEntry + "16"
	ifOutUcast    = ifEntry + "17"
	ifOutDiscards = ifEntry + "19"
	ifOutErrors   = ifEntry + "20"

	ifName          = ifXEntry + "1"
	ifHCInOctets    = ifXEntry + "6"
	ifHCInUcast     = ifXEntry + "7"
	ifHCOutOctets   = ifXEntry + "10"
	ifHCOutUcast    = ifXEntry + "11"
	ifHighSpeed     = ifXEntry + "15" // Mbit/s
	ifAlias         = ifXEntry + "18"
	ifDiscontinuity = ifXEntry + "19" // sysUpTime at the last reset of counters
)

// Columns of ENTITY-MIB (RFC 6933), by entPhysicalIndex.
const (
	entPhysical         = ".1.3.6.1.2.1.47.1.1.1.1."
	entPhysicalClass    = entPhysical + "5"
	entPhysicalSoftware = entPhysical + "10"
	entPhysicalSerial   = entPhysical + "11"
	entPhysicalModel    = entPhysical + "13"

	classChassis = 3
	classStack   = 11
)

// slot is the place of one fact about an interface.
type slot int

// The slots. Counters come first.
const (
	inOctets slot = iota
	outOctets
	inPackets
	outPackets
	inErrors
	outErrors
	inDiscards
	outDiscards
	counters // how many slots are counters

	oper slot = iota - 1
	admin
	speed
	lastChange
	discontinuity
	slots // how many slots there are, without that for the name
)

// column is where a slot's value stands.
type column struct {
	oid    string
	bits   int          // of the counter at oid
	second string       // asked for where the device has none at oid
	octets bool         // counts bytes, not packets
	metric *metric.Desc // of a counter
}

// columns are the columns of all slots.
var columns = [slots]column{
	inOctets:      {ifHCInOctets, 64, ifInOctets, true, metric.InterfaceReceiveBytes},
	outOctets:     {ifHCOutOctets, 64, ifOutOctets, true, metric.InterfaceTransmitBytes},
	inPackets:     {ifHCInUcast, 64, ifInUcast, false, metric.InterfaceReceivePackets},
	outPackets:    {ifHCOutUcast, 64, ifOutUcast, false, metric.InterfaceTransmitPackets},
	inErrors:      {ifInErrors, 32, "", false, metric.InterfaceReceiveErrors},
	outErrors:     {ifOutErrors, 32, "", false, metric.InterfaceTransmitErrors},
	inDiscards:    {ifInDiscards, 32, "", false, metric.InterfaceReceiveDiscards},
	outDiscards:   {ifOutDiscards, 32, "", false, metric.InterfaceTransmitDiscards},
	oper:          {oid: ifOperStatus},
	admin:         {oid: ifAdminStatus},
	speed:         {oid: ifHighSpeed, second: ifSpeed},
	lastChange:    {oid: ifLastChange},
	discontinuity: {oid: ifDiscontinuity},
}

// instance returns the object of a column at an index.
func instance(column string, index uint32) string {
	return column + "." + strconv.FormatUint(uint64(index), 10)
}

// operWords are the values of ifOperStatus; the first three are ifAdminStatus' too.
var operWords = []string{1: "up", 2: "down", 3: "testing", 4: "unknown", 5: "dormant", 6: "notPresent", 7: "lowerLayerDown"}

// statusWord returns the word of RFC 2863 for a status.
func statusWord(n int64) string {
	if n >= 1 && n < int64(len(operWords)) {
		return operWords[n]
	}
	return strconv.FormatInt(n, 10)
}

const statusUp = 1
