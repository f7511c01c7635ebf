package snmp

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
)

func TestSelectors(t *testing.T) {
	table := map[naming][]named{
		byName:  {{1, "Gi0/0"}, {2, "Gi0/1"}, {3, "7"}, {4, "dup"}, {5, "dup"}, {6, "eth0 "}, {7, "Vlan 10"}, {8, "PORT"}, {9, "port"}},
		byAlias: {{1, "WAN to city"}, {2, "Gi0/0"}, {3, "same"}, {4, "same"}, {8, ""}, {9, ""}},
		byDescr: {{1, "GigabitEthernet0/0"}, {2, "Đường truyền"}, {50, "only here"}},
	}
	for selector, want := range map[string]struct {
		index uint32
		by    naming
		err   string
	}{
		"Gi0/0":              {index: 1, by: byName}, // ifName above ifAlias
		"WAN to city":        {index: 1, by: byAlias},
		"GigabitEthernet0/0": {index: 1, by: byDescr},
		"gigabitethernet0/0": {index: 1, by: byDescr},
		"đường truyền":       {index: 2, by: byDescr},
		"7":                  {index: 3, by: byName}, // an ifName that is a number
		"2":                  {index: 2, by: byIndex},
		"50":                 {index: 50, by: byIndex},
		"eth0":               {index: 6, by: byName},
		"PORT":               {index: 8, by: byName}, // exact above loose
		"Port":               {err: "8 (\"PORT\"), 9 (\"port\")"},
		"dup":                {err: "is the ifName of 2 interfaces"},
		"same":               {err: "is the ifAlias of 2 interfaces"},
		"99":                 {err: "no interface"},
		"":                   {err: "no interface"},
		"Gi0":                {err: "no interface"},
	} {
		dir := &directory{fetch: func(n naming) ([]named, error) { return table[n], nil }}
		got, err := dir.find(selector)
		switch {
		case want.err != "":
			if err == nil || !strings.Contains(err.Error(), want.err) {
				t.Errorf("%q: %v, %v; want an error with %q", selector, got, err, want.err)
			}
		case err != nil || got.index != want.index || got.by != want.by:
			t.Errorf("%q: %+v, %v; want %+v", selector, got, err, want)
		}
	}
}

func TestSelectorsFetchNoMoreThanTheyNeed(t *testing.T) {
	fetched := 0
	dir := &directory{fetch: func(n naming) ([]named, error) {
		if fetched++; n != byName {
			return nil, errors.New("not needed")
		}
		return []named{{1, "a"}, {2, "b"}}, nil
	}}
	for _, s := range []string{"a", "b", "2"} {
		if _, err := dir.find(s); err != nil {
			t.Error(err)
		}
	}
	if fetched != 1 {
		t.Errorf("fetched %d columns", fetched)
	}
}

func TestAdvance(t *testing.T) {
	const max32 = 1<<32 - 1
	at := func(speed float64, octets bool) limits {
		return limits{speed: speed, elapsed: 30 * time.Second, octets: octets}
	}
	for name, test := range map[string]struct {
		prev, cur uint64
		bits      int
		l         limits
		want      uint64
		ok        bool
	}{
		"grows":                              {10, 15, 64, at(1e9, true), 5, true},
		"stands still":                       {10, 10, 32, at(0, true), 0, true},
		"wraps":                              {max32, 4, 32, at(1e8, true), 5, true},
		"wraps, speed not known":             {max32 - 1<<29, 4, 32, at(0, true), 1<<29 + 5, true},
		"back by half, speed not known":      {1 << 31, 4, 32, at(0, true), 0, false},
		"back further than the speed allows": {1 << 31, 4, 32, at(10e6, true), 0, false},
		"64 bits back":                       {1 << 40, 4, 64, at(1e9, true), 0, false},
		"64 bits back by little":             {1000, 999, 64, at(1e9, true), 0, false},
		"64 bits, all of 10 Gbit/s":          {0, 37_500_000_000, 64, at(10e9, true), 37_500_000_000, true},
		"64 bits, past the end":              {1<<64 - 1000, 500, 64, at(1e9, true), 1500, true},
		"64 bits, too far past the end":      {1<<64 - 1<<40, 500, 64, at(1e9, true), 0, false},
		"64 bits, absurd":                    {0, 1 << 62, 64, at(1e9, true), 0, false},
		"a tunnel that tells 9 kbit/s":       {0, 200_000_000, 32, at(9000, true), 200_000_000, true},
		"packets wrap":                       {max32 - 9, 10, 32, at(1e8, false), 20, true},
		"32 bits back by little":             {1_000_000, 999_990, 32, at(1e9, true), 0, false},
		"cleared at 1 Gbit/s":                {40_000_000, 0, 32, at(1e9, true), 0, false},
		"wraps by nine tenths, 1 Gbit/s":     {429_496_730, 4, 32, at(1e9, true), 3_865_470_570, true},
		"packets back by little, 200 Gbit/s": {20_000, 19_990, 32, at(200e9, false), 0, false},
		"errors are cleared":                 {5000, 0, 32, at(1e8, false), 0, false},
		"a 32-bit counter beyond 32 bits":    {1 << 40, 5, 32, at(1e9, true), 0, false},
	} {
		delta, ok := advance(test.prev, test.cur, test.bits, test.l)
		if ok != test.ok || ok && delta != test.want {
			t.Errorf("%s: %d, %v; want %d, %v", name, delta, ok, test.want, test.ok)
		}
	}
}

// TestTwoCountersBack is a "clear counters" on an interface whose speed would
// allow each of the wraps alone.
func TestTwoCountersBack(t *testing.T) {
	prev := [counters]counted{inOctets: {3_000_000_000, 32}, outOctets: {3_500_000_000, 32}, inPackets: {7, 32}}
	cur := [counters]counted{inOctets: {100, 32}, outOctets: {200, 32}, inPackets: {9, 32}}
	deltas, reset := advanceAll(&prev, &cur, limits{speed: 10e9, elapsed: 30 * time.Second})
	if !reset || deltas != [counters]uint64{} {
		t.Errorf("%v, %v", deltas, reset)
	}
}

func TestAge(t *testing.T) {
	start := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	const full = 42_949_672 // seconds in which sysUpTime wraps
	ticks := func(seconds int) value { return value{gosnmp.TimeTicks, uint32(seconds * 100)} }
	whole := func(n int) value { return value{gosnmp.Integer, n} }
	none := value{}
	for name, test := range map[string]struct {
		first, second [3]value // sysUpTime, snmpEngineTime, snmpEngineBoots
		elapsed       time.Duration
		restarted     bool
	}{
		"goes on":                          {[3]value{ticks(100), whole(100), whole(1)}, [3]value{ticks(130), whole(130), whole(1)}, 30 * time.Second, false},
		"boots grew":                       {[3]value{ticks(100), whole(100), whole(1)}, [3]value{ticks(130), whole(130), whole(2)}, 30 * time.Second, true},
		"up time back":                     {[3]value{ticks(100), none, none}, [3]value{ticks(3), none, none}, 30 * time.Second, true},
		"up time back, boots not kept":     {[3]value{ticks(100), whole(100), whole(1)}, [3]value{ticks(3), whole(3), whole(1)}, 30 * time.Second, true},
		"wrap":                             {[3]value{ticks(full - 10), none, none}, [3]value{ticks(20), none, none}, 30 * time.Second, false},
		"wrap, by the engine":              {[3]value{ticks(full - 10), whole(full - 10), whole(1)}, [3]value{ticks(20), whole(full + 20), whole(1)}, 30 * time.Second, false},
		"reboot near the wrap":             {[3]value{ticks(full - 10), whole(full - 10), none}, [3]value{ticks(20), whole(20), none}, 30 * time.Second, true},
		"reboot, up again longer than ago": {[3]value{ticks(20), none, none}, [3]value{ticks(100), none, none}, 5 * time.Minute, true},
		"the device's clock is slow":       {[3]value{ticks(1000), none, none}, [3]value{ticks(1015), none, none}, 30 * time.Second, false},
		"up time stands still":             {[3]value{ticks(9), none, none}, [3]value{ticks(9), none, none}, 30 * time.Second, false},
		"only the engine":                  {[3]value{none, whole(100), none}, [3]value{none, whole(3), none}, 30 * time.Second, true},
		"nothing known":                    {[3]value{}, [3]value{}, 30 * time.Second, false},
		"an engine time below zero":        {[3]value{ticks(100), whole(-5), none}, [3]value{ticks(130), whole(-9), none}, 30 * time.Second, false},
	} {
		t.Run(name, func(t *testing.T) {
			var a age
			see := func(at time.Time, v [3]value) bool { return a.see(newClock(at, v[0], v[1], v[2])) }
			if see(start, test.first) {
				t.Error("the first answer is no restart")
			}
			if got := see(start.Add(test.elapsed), test.second); got != test.restarted {
				t.Errorf("restarted = %v", got)
			}
		})
	}
}

// TestBootFromTheEngine is a device up for longer than sysUpTime can tell.
func TestBootFromTheEngine(t *testing.T) {
	now := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		up     uint32
		engine value
		want   time.Duration
	}{
		"engine":                 {5_000, value{gosnmp.Integer, 50_000_000}, 50_000_000 * time.Second},
		"no engine":              {5_000, value{}, 50 * time.Second},
		"engine in hundredths":   {2_000_000, value{gosnmp.Integer, 2_000_100}, 20_000 * time.Second},
		"engine that never runs": {2_000_000, value{gosnmp.Integer, 0}, 20_000 * time.Second},
		"negative engine":        {2_000_000, value{gosnmp.Integer, -8}, 20_000 * time.Second},
	} {
		var a age
		a.see(newClock(now, value{gosnmp.TimeTicks, test.up}, test.engine, value{}))
		if boot, ok := a.boot(); !ok || !boot.Equal(now.Add(-test.want)) {
			t.Errorf("%s: %v, %v; want %v", name, boot, ok, now.Add(-test.want))
		}
	}
}

func TestProbeAddress(t *testing.T) {
	for _, test := range []struct {
		host string
		port int
		want string
	}{
		{"10.0.0.1", 0, "10.0.0.1"}, {"10.0.0.1", 161, "10.0.0.1"}, {"10.0.0.1", 1161, "10.0.0.1:1161"},
		{"10.0.0.1:11610", 0, "10.0.0.1:11610"}, {"10.0.0.1:11610", 1161, "10.0.0.1:11610"},
		{"2001:db8::1", 0, "2001:db8::1"}, {"[2001:db8::1]", 1161, "[2001:db8::1]:1161"},
		{"[2001:db8::1]:99", 0, "[2001:db8::1]:99"}, {"rt.example", 1161, "rt.example:1161"},
	} {
		c := Config{Port: test.port}
		if got := c.ProbeAddress(test.host); got != test.want {
			t.Errorf("%s with port %d: %s, want %s", test.host, test.port, got, test.want)
		}
		host, port, err := splitAddress(test.want)
		if err != nil || host == "" || port != 0 && !strings.HasSuffix(test.want, c.port(port)) {
			t.Errorf("%s splits into %s and %d: %v", test.want, host, port, err)
		}
	}
}

func TestCheckAddress(t *testing.T) {
	for address, good := range map[string]bool{
		"rt": true, "rt:99": true, "::1": true, "[::1]": true, "[::1]:99": true, "fe80::1%eth0": true,
		"": false, "[": false, "[]": false, "[::1": false, "::1]": false, "[rt]": false, "rt:": false, ":161": false,
		"127.0.0.1:99999": false, "rt:0": false, "udp:127.0.0.1": false,
	} {
		if err := CheckAddress(address); (err == nil) != good {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"Đảng ủy": "Đảng ủy", "a\xff\xffb": "a\ufffd\ufffdb", "cut \xe1\xba": "cut \ufffd", "": "", "\x00": "\x00",
	} {
		if got := validUTF8([]byte(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := (value{gosnmp.OctetString, []byte(" a\r\n\tb\x00\x00")}).clean(); got != "a b" {
		t.Errorf("clean: %q", got)
	}
}

func TestCompareOIDs(t *testing.T) {
	sorted := []string{".1", ".1.2", ".1.2.9", ".1.2.10", ".1.2.10.1", ".1.3", ".1.4294967295", ".2"}
	for i, a := range sorted {
		for j, b := range sorted {
			got := compareOIDs(a, b)
			if got < 0 != (i < j) || got == 0 != (i == j) {
				t.Errorf("%s against %s: %d", a, b, got)
			}
		}
	}
}
