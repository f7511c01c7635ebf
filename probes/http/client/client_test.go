package client

import (
	"slices"
	"testing"
)

func TestURLHost(t *testing.T) {
	for _, c := range []struct {
		address string
		secure  bool
		want    string
	}{
		{"hop.example:443", true, "hop.example"}, {"hop.example:80", false, "hop.example"},
		{"hop.example:443", false, "hop.example:443"}, {"hop.example:8443", true, "hop.example:8443"},
		{"[2001:db8::1]:80", false, "[2001:db8::1]"}, {"hop.example", true, "hop.example"},
	} {
		if got := URLHost(c.address, c.secure); got != c.want {
			t.Errorf("%s, secure %v: %s, want %s", c.address, c.secure, got, c.want)
		}
	}
}

func TestCheckHeaders(t *testing.T) {
	for name, value := range map[string]string{
		"Authorization": "x", "cookie": "x", "Proxy-Authorization": "x", "": "x", "A B": "x", "A:": "x", "X": "a\r\nB: c", "Ố": "x",
	} {
		if len(CheckHeaders(map[string]string{name: value})) != 1 {
			t.Errorf("%q: %q is taken", name, value)
		}
	}
	if got := CheckHeaders(map[string]string{"X-Key": "abc", "Accept": "*/*"}); !slices.Equal(got, nil) {
		t.Errorf("good headers: %v", got)
	}
}
