package app

import (
	"errors"
	"net"
	"os"
	"testing"
)

func TestExternalURL(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		given, listen string
		tls           bool
		want          string
	}{
		{"", "127.0.0.1:9476", false, "http://127.0.0.1:9476"},
		{"", "[2001:db8::1]:9476", true, "https://[2001:db8::1]:9476"},
		{"", "0.0.0.0:9476", true, "https://" + host + ":9476"},
		{"", "[::]:9476", false, "http://" + host + ":9476"},
		{"https://wan.example/watch/", "[::]:9476", false, "https://wan.example/watch"},
	} {
		addr, err := net.ResolveTCPAddr("tcp", c.listen)
		if err != nil {
			t.Fatal(err)
		}
		a := &App{opts: Options{ExternalURL: c.given}, secure: protection{tls: c.tls}}
		var opened net.Addr = addr
		a.addr.Store(&opened)
		if got := a.externalURL(); got != c.want {
			t.Errorf("%q at %s: %s, want %s", c.given, c.listen, got, c.want)
		}
	}
	for _, bad := range []string{"wan.example", "ftp://wan.example", "http://", "http://:9476", "http://wan.example/?x", "http://it:test@wan.example", "http://a b"} {
		option := new(OptionError)
		if _, err := New(Options{Inventory: "x.yaml", ExternalURL: bad}); !errors.As(err, &option) {
			t.Errorf("%q: %v, want it refused", bad, err)
		}
	}
}
