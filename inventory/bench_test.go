package inventory_test

import (
	"bytes"
	"fmt"
	"testing"

	"wanwatch/inventory"
)

// country writes the inventory of a country: 3,321 communes, each with a
// router, a main and a backup link with their contracts, and rooms; 20,000
// targets in all.
func country() []byte {
	const communes, targets = 3321, 20_000
	var b bytes.Buffer
	b.WriteString("organization: Văn phòng\ntimezone: Asia/Ho_Chi_Minh\nlanguage: vi\n")
	b.WriteString("providers:\n  vnpt: {name: VNPT}\n  viettel: {name: Viettel}\n")
	b.WriteString("credentials:\n  core: {snmp: {version: 2c, community: {file: community}}}\n")
	b.WriteString("sites:\n  trung-uong: {name: Trung ương}\n")
	for i := range communes {
		fmt.Fprintf(&b, "  xa-%04d: {name: Đảng ủy xã số %d, region: Tỉnh %d}\n", i, i, i%34)
	}
	b.WriteString("devices:\n")
	for i := range communes {
		fmt.Fprintf(&b, "  rt-%04d: {site: xa-%04d, address: 10.%d.%d.1, credential: core, role: router, purchased: 2021-06, end_of_support: 2029-01}\n", i, i, i/250, i%250)
	}
	b.WriteString("links:\n")
	for i := range communes {
		for j, provider := range []string{"vnpt", "viettel"} {
			fmt.Fprintf(&b, `  xa-%04d-%s:
    from: trung-uong
    to: xa-%04d
    provider: %s
    role: %s
    ping: 10.%d.%d.%d
    interface: rt-%04d/GigabitEthernet0/%d
    bandwidth: %dMbps
    contract: {number: "%d/HĐ", ends: 2028-03-31, monthly_cost: {amount: 4500000, currency: VND}, sla: {availability: 99.9%%, rtt: 20ms, loss: 0.5%%}}
`, i, provider, i, provider, []string{"main", "backup"}[j], i/250, i%250, 1+j, i, j, 50-30*j, i)
		}
	}
	b.WriteString("endpoints:\n")
	for i := range targets - 3*communes {
		fmt.Fprintf(&b, "  phong-hop-%05d: {site: xa-%04d, name: Phòng họp %d, type: room, address: 10.%d.%d.%d, call_bandwidth: 4Mbps}\n",
			i, i%communes, i, i%communes/250, i%communes%250, 50+i/communes)
	}
	b.WriteString("maintenance:\n  - {providers: [vnpt], start: 2026-12-05T22:00, end: 2026-12-06T02:00, reason: thay cáp}\n")
	return b.Bytes()
}

func BenchmarkLoad20000(b *testing.B) {
	data := country()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		inv, err := inventory.Parse([]inventory.File{{Name: "country.yaml", Data: data}}, allKinds())
		if err != nil {
			b.Fatal(err)
		}
		if n := len(inv.Targets()); n != 20_000 {
			b.Fatalf("%d targets", n)
		}
	}
}
