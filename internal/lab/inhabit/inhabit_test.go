package inhabit

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// loopback is this machine instead of a far side.
type loopback struct{ net.ListenConfig }

func startTCP(t *testing.T, s *TCP) string {
	t.Helper()
	s.Address = "127.0.0.1:0"
	if err := s.Start(t.Context(), &loopback{}); err != nil {
		t.Fatal(err)
	}
	return s.listener.Addr().String()
}

func TestBanner(t *testing.T) {
	s := &TCP{Banner: "xin chào\r\n"}
	address := startTCP(t, s)
	defer s.Close()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	got := make([]byte, len(s.Banner))
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != s.Banner {
		t.Errorf("%q, %v", got, err)
	}
	if s.Accepted() != 1 {
		t.Errorf("%d accepted", s.Accepted())
	}
}

func TestRefuse(t *testing.T) {
	s := &TCP{Refuse: true, Banner: "never said"}
	address := startTCP(t, s)
	defer s.Close()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got, err := io.ReadAll(conn); len(got) > 0 || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// Close does not wait for clients that say nothing.
func TestCloseEndsConnections(t *testing.T) {
	s := &TCP{Banner: "x"}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", startTCP(t, s))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if n, err := conn.Read(make([]byte, 1)); n > 0 || err == nil {
		t.Errorf("read %d bytes after the end, %v", n, err)
	}
}

func TestCertificateOfChosenExpiry(t *testing.T) {
	now := time.Now()
	authority, err := NewAuthority(now)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name      string
		from, to  time.Time
		wantValid bool
	}{
		{"valid", now.AddDate(0, -1, 0), now.AddDate(0, 0, 20), true},
		{"expired", now.AddDate(-1, 0, 0), now.AddDate(0, 0, -1), false},
		{"not yet valid", now.AddDate(0, 0, 1), now.AddDate(1, 0, 0), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			certificate, err := authority.Issue(Request{
				Names: []string{"phong-hop.example"}, Addresses: []netip.Addr{netip.MustParseAddr("127.0.0.1")},
				NotBefore: tt.from, NotAfter: tt.to,
			})
			if err != nil {
				t.Fatal(err)
			}
			s := &TCP{Certificate: certificate}
			address := startTCP(t, s)
			defer s.Close()
			dialer := tls.Dialer{Config: &tls.Config{RootCAs: authority.Pool()}}
			conn, err := dialer.DialContext(t.Context(), "tcp", address)
			if invalid := new(x509.CertificateInvalidError); tt.wantValid != (err == nil) || err != nil && (!errors.As(err, invalid) || invalid.Reason != x509.Expired) {
				t.Fatalf("valid wanted: %v, got %v", tt.wantValid, err)
			}
			if err != nil {
				return
			}
			defer conn.Close()
			peer := conn.(*tls.Conn).ConnectionState().PeerCertificates[0]
			if !peer.NotAfter.Equal(tt.to.Truncate(time.Second)) || peer.VerifyHostname("phong-hop.example") != nil {
				t.Errorf("ends %v, want %v", peer.NotAfter, tt.to)
			}
		})
	}
	if !bytes.HasPrefix(authority.PEM(), []byte("-----BEGIN CERTIFICATE-----")) {
		t.Errorf("%s", authority.PEM())
	}
}

// noted is an inhabitant that notes what is done to it.
type noted struct {
	name  string
	fails bool
	notes *[]string
}

func (n noted) Start(context.Context, Network) error {
	if n.fails {
		return errors.New("no room")
	}
	*n.notes = append(*n.notes, "start "+n.name)
	return nil
}

func (n noted) Close() error {
	*n.notes = append(*n.notes, "close "+n.name)
	return nil
}

func TestAll(t *testing.T) {
	var notes []string
	all := All{noted{"a", false, &notes}, noted{"b", false, &notes}}
	if err := errors.Join(all.Start(t.Context(), nil), all.Close()); err != nil {
		t.Error(err)
	}
	if want := []string{"start a", "start b", "close b", "close a"}; !slices.Equal(notes, want) {
		t.Errorf("%q", notes)
	}
	notes = nil
	all = append(all, noted{"c", true, &notes})
	if err := all.Start(t.Context(), nil); err == nil {
		t.Error("a failure was not reported")
	}
	if want := []string{"start a", "start b", "close b", "close a"}; !slices.Equal(notes, want) {
		t.Errorf("after a failure: %q", notes)
	}
}
