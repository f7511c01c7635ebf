package dial

import "testing"

func TestJoinAddress(t *testing.T) {
	for _, c := range []struct {
		host string
		port int
		want string
	}{
		{"10.0.0.1", 443, "10.0.0.1:443"},
		{"10.0.0.1:80", 443, "10.0.0.1:80"},
		{"hop.example", 443, "hop.example:443"},
		{"hop.example:80", 443, "hop.example:80"},
		{"2001:db8::1", 443, "[2001:db8::1]:443"},
		{"[2001:db8::1]", 443, "[2001:db8::1]:443"},
		{"[2001:db8::1]:80", 443, "[2001:db8::1]:80"},
		{"fe80::1%eth0", 443, "[fe80::1%eth0]:443"},
		{"10.0.0.1", 0, "10.0.0.1"},
		{"", 443, ""},
	} {
		if got := JoinAddress(c.host, c.port); got != c.want {
			t.Errorf("JoinAddress(%q, %d) = %q, want %q", c.host, c.port, got, c.want)
		}
	}
}
