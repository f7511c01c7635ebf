package client

import (
	"net"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"wanwatch/probes/dial"
)

// A URL can be made of any address that the inventory takes.
func TestURLHost(t *testing.T) {
	for address, want := range map[string]string{
		"hop.example:80": "hop.example", "hop.example:8080": "hop.example:8080",
		"[2001:db8::1]:80": "[2001:db8::1]", "[fe80::1%eth0]:80": "[fe80::1%25eth0]", "[fe80::1%eth0]:443": "[fe80::1%25eth0]:443",
	} {
		got := URLHost(address, false)
		u, err := url.Parse("http://" + got + "/")
		if got != want || err != nil {
			t.Errorf("%s gives %s, want %s: %v", address, got, want, err)
			continue
		}
		if strings.TrimSuffix(address, ":80") != u.Host {
			t.Errorf("%s is read as %s", address, u.Host)
		}
	}
}

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
