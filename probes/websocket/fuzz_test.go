package websocket_test

import (
	"context"
	"net"
	"testing"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/kinds"
	"wanwatch/probes/schedule"
	"wanwatch/probes/websocket"
)

// FuzzAnswer: whatever a server sends, there is one result, and never a
// success: nobody can know the key that it must answer.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.Fatal(err)
	}
	answers := make(chan []byte, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			select {
			case data := <-answers:
				_, _ = c.Read(make([]byte, 4096))
				_, _ = c.Write(data)
			default: // a second connection, of a redirect
			}
			_ = c.Close()
		}
	}()
	f.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	inv, err := inventory.Parse([]inventory.File{{Name: "x.yaml", Data: []byte(endpoint("websocket", l.Addr().String(), ""))}}, kinds.Inventory())
	if err != nil {
		f.Fatal(err)
	}
	jobs, err := schedule.Plan(inv, "")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := websocket.Kind().NewProber(probes.Env{}.WithDefaults(), jobs[0])
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		answers <- data
		var results []probes.Result
		p.Probe(ctx, func(r *probes.Result) { results = append(results, *r) }, probes.NewTrace())
		if len(results) != 1 || results[0].Outcome == probes.Success {
			t.Errorf("%d results: %+v", len(results), results)
		}
	})
}
