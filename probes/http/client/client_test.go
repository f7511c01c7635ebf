package client

import (
	"net"
	"net/http/httptest"
	"testing"

	"wanwatch/probes/dial"
)

// TestDialAfterClose lets net/http's own goroutine come for the connection when the
// request, and with it the client, has long ended.
func TestDialAfterClose(t *testing.T) {
	server := httptest.NewServer(nil)
	defer server.Close()
	address := server.Listener.Addr().String()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	c := &Client{Dialer: dial.Dialer{Host: host, Port: port}}
	if err := c.Open(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	transport := c.Transport()
	c.Close(t.Context())
	conn, err := transport.DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte("GET")); err == nil {
		t.Error("a connection that was closed is written to")
	}
}
