package tcp

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// serve answers connections until the test ends, and waits for them.
func serve(t testing.TB, network string, handle func(net.Conn)) string {
	t.Helper()
	var lc net.ListenConfig
	host := "127.0.0.1:0"
	if network == "tcp6" {
		host = "[::1]:0"
	}
	l, err := lc.Listen(t.Context(), network, host)
	if err != nil {
		t.Skipf("this machine has no %s on its loopback: %v", network, err)
	}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			group.Go(func() {
				defer c.Close()
				handle(c)
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		group.Wait()
	})
	return l.Addr().String()
}

// silent reads to the end and says nothing.
func silent(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

// record keeps what a server got and how the connection ended.
type record struct {
	mu   sync.Mutex
	data bytes.Buffer
	err  error // nil: the client ended it in order
	done chan struct{}
}

func newRecord() *record { return &record{done: make(chan struct{})} }

// handle first sends greeting, then reads to the end.
func (r *record) handle(greeting string) func(net.Conn) {
	return func(c net.Conn) {
		_, _ = io.WriteString(c, greeting)
		data, err := io.ReadAll(c)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.data.Write(data)
		r.err = err
		close(r.done)
	}
}

// authority signs certificates for tests.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string // PEM
}

func newAuthority(t testing.TB, notAfter time.Time) *authority {
	t.Helper()
	a := &authority{key: newKey(t)}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test Authority"},
		NotBefore: notAfter.Add(-10 * 365 * 24 * time.Hour), NotAfter: notAfter,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.file = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(a.file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

// issue makes a certificate for names and 127.0.0.1; a nil authority signs
// nothing, so that it is self-signed.
func (a *authority) issue(t testing.TB, notBefore, notAfter time.Time, names ...string) tls.Certificate {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "server"},
		NotBefore: notBefore, NotAfter: notAfter, DNSNames: names,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	parent, signer := template, key
	if a != nil {
		parent, signer = a.cert, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	chain := [][]byte{der}
	if a != nil {
		chain = append(chain, a.cert.Raw)
	}
	return tls.Certificate{Certificate: chain, PrivateKey: key}
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// serveTLS answers TLS connections and reads them to their end.
func serveTLS(t testing.TB, config *tls.Config) string {
	t.Helper()
	return serve(t, "tcp4", func(c net.Conn) {
		s := tls.Server(c, config)
		_, _ = io.Copy(io.Discard, s)
	})
}

// fullListener returns the address of a listener whose queue is full, so that
// the kernel drops further SYNs.
func fullListener(t testing.TB) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	if err := errors.Join(syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), syscall.Listen(fd, 0)); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	address := (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: name.(*syscall.SockaddrInet4).Port}).String()
	d := net.Dialer{Timeout: 200 * time.Millisecond}
	for range 16 {
		c, err := d.Dial("tcp", address)
		if err != nil {
			return address
		}
		t.Cleanup(func() { _ = c.Close() })
	}
	t.Skip("this kernel's queue of connections does not fill")
	return ""
}

// closedPort returns an address on which nothing listens.
func closedPort(t testing.TB) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// hosts is a resolver with a fixed table.
type hosts map[string][]string

func (h hosts) LookupHost(_ context.Context, host string) ([]string, error) {
	if a, ok := h[host]; ok {
		return a, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// job makes a job for an address.
func job(address string, config Config) probes.Job {
	return probes.Job{
		Target: &inventory.Target{ID: "server", Kind: inventory.EndpointTarget, Site: "hai-chau"},
		Probe: &inventory.Probe{Name: "tcp", Kind: "tcp", Address: config.ProbeAddress(address),
			Interval: 15 * time.Second, Timeout: 2 * time.Second, Config: &config},
	}
}

// probeOnce makes a prober and runs it once.
func probeOnce(t testing.TB, env probes.Env, j probes.Job) (probes.Result, []string) {
	t.Helper()
	p, err := newProber(env.WithDefaults(), j)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), j.Probe.Timeout)
	defer cancel()
	trace := probes.NewTrace()
	var got []probes.Result
	p.Probe(ctx, func(r *probes.Result) { got = append(got, *r) }, trace)
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if len(got) != 1 {
		t.Fatalf("%d results, want 1", len(got))
	}
	var steps []string
	for _, s := range trace.Steps() {
		steps = append(steps, s.Text)
	}
	return got[0], steps
}
