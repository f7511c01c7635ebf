package world

import (
	"math"
	"slices"
	"testing"
	"time"

	"wanwatch/internal/lab/inhabit/agent"
	"wanwatch/inventory"
)

// port finds what a target is plugged in.
func port(t *testing.T, n *Network, ref *inventory.InterfaceRef) *agent.Interface {
	t.Helper()
	i := slices.IndexFunc(n.Routers, func(r Router) bool { return r.Name == ref.Device })
	if i < 0 {
		t.Fatalf("there is no router %s", ref.Device)
	}
	ports := n.Routers[i].Interfaces
	j := slices.IndexFunc(ports, func(p agent.Interface) bool { return p.Name == ref.Selector })
	if j < 0 {
		t.Fatalf("router %s has no interface %s", ref.Device, ref.Selector)
	}
	return &ports[j]
}

func TestEachLineIsPluggedIn(t *testing.T) {
	for _, loopback := range []bool{false, true} {
		n := shipped(t, "city", Options{Now: day, Loopback: loopback})
		inv := watched(t, n)
		for _, l := range inv.Links {
			port(t, n, l.Interface)
		}
		for _, u := range inv.Uplinks {
			port(t, n, u.Interface)
		}
		for _, r := range n.Routers {
			if (r.Port != 0) != loopback || (len(r.Addresses) == 0) != loopback {
				t.Fatalf("router %s is at %v, port %d", r.Name, r.Addresses, r.Port)
			}
			if _, err := agent.NewDevice(r.Spec, nil); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestTheStoryMovesTraffic(t *testing.T) {
	n := shipped(t, "city", Options{Now: day})
	inv := watched(t, n)
	for _, tt := range []struct {
		link  string
		at    time.Duration
		share float64 // of the bandwidth; -1: of an ordinary day
	}{
		{"xa-nui-vang-chinh", 100 * time.Second, -1},
		{"xa-nui-vang-chinh", 255 * time.Second, 0.98},
		{"xa-nui-vang-chinh", 555 * time.Second, 0.98},
		{"xa-nui-vang-du-phong", 255 * time.Second, -1},
		{"xa-suoi-xanh-chinh", 155 * time.Second, -1},
		{"phuong-nui-trang-du-phong", 165 * time.Second, 0}, // Sông Mây in the west
	} {
		l := inv.Links[tt.link]
		flow := port(t, n, l.Interface).In.Flow
		share := float64(flow.Rate(day.Add(tt.at))) / float64(l.Bandwidth.Down)
		if tt.share >= 0 && math.Abs(share-tt.share) > 0.001 || tt.share < 0 && (share < 0.005 || share > 0.85) {
			t.Errorf("%s (of %s) carries %.3f of its bandwidth at %v, want %.3f", tt.link, l.Provider, share, tt.at, tt.share)
		}
	}
}
