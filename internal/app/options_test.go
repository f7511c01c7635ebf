package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// user is a web configuration's user "it" with the password "test".
const user = "basic_auth_users: {it: $2a$04$Vgqwdm51gFeSTmwAfhj3NOZea7PQXgMXU8bs30c0XjuF2I0lvsMj.}\n"

// certificate writes a certificate for 127.0.0.1 and its key, and returns the
// web configuration that names them, and who trusts it.
func certificate(t *testing.T, dir string) (config string, roots *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
	for name, data := range map[string][]byte{"cert.pem": certPEM, "key.pem": keyPEM} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	roots = x509.NewCertPool()
	roots.AppendCertsFromPEM(certPEM)
	return "tls_server_config: {cert_file: cert.pem, key_file: key.pem}\n", roots
}

func TestExposed(t *testing.T) {
	dir := t.TempDir()
	tlsConfig, _ := certificate(t, dir)
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	none := ""
	password := file("password.yaml", user)
	encrypted := file("tls.yaml", tlsConfig)
	both := file("both.yaml", tlsConfig+user)
	clientCert := file("client.yaml", "tls_server_config: {cert_file: cert.pem, key_file: key.pem, client_auth_type: RequireAndVerifyClientCert, client_ca_file: cert.pem}\n")

	for _, c := range []struct {
		address, file, lacks string
	}{
		{"127.0.0.1:0", none, ""},
		{"127.9.9.9:0", none, ""},
		{"[::1]:0", none, ""},
		{"[::ffff:127.0.0.1]:0", none, ""},
		{"localhost:0", none, ""},
		{":0", none, "TLS and no password"},
		{"0.0.0.0:0", none, "TLS and no password"},
		{"[::]:0", none, "TLS and no password"},
		{"10.1.1.1:0", none, "TLS and no password"},
		{"localhost.example:0", none, "TLS and no password"},
		{"0.0.0.0:0", password, "TLS"},
		{"0.0.0.0:0", encrypted, "password"},
		{"0.0.0.0:0", both, ""},
		{"0.0.0.0:0", clientCert, ""},
	} {
		// The first address is never the reason.
		o := Options{Inventory: "x.yaml", Listen: []string{"127.0.0.1:0", c.address}, WebConfigFile: c.file}
		_, err := New(o)
		var exposed *ExposedError
		switch {
		case c.lacks == "" && err != nil:
			t.Errorf("%s with %s: %v", c.address, c.file, err)
		case c.lacks != "" && !errors.As(err, &exposed):
			t.Errorf("%s with %s: %v, want it refused", c.address, c.file, err)
		case c.lacks != "" && (exposed.Lacks != c.lacks || exposed.Address != c.address):
			t.Errorf("%s with %s: %+v, want it to lack %s", c.address, c.file, exposed, c.lacks)
		}
		o.AllowInsecure = true
		if _, err := New(o); err != nil {
			t.Errorf("%s with %s, allowed: %v", c.address, c.file, err)
		}
	}
}

func TestBadOptions(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "web.yaml")
	if err := os.WriteFile(bad, []byte("basic_auth_user: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{}, "no inventory"},
		{Options{Inventory: "x.yaml", WebConfigFile: bad}, "basic_auth_user"},
		{Options{Inventory: "x.yaml", WebConfigFile: bad + "x"}, "no such file"},
	} {
		if _, err := New(c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want an error with %q", c.o, err, c.want)
		}
	}
}

// What cannot be meant, or would do nothing, is refused before anything is opened.
func TestOptionsThatCannotBeMeant(t *testing.T) {
	store := Storage{Path: filepath.Join(t.TempDir(), "data")}
	networks := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{Schedule: "s.yaml"}, "--schedule: .* --storage.path"},
		{Options{Alerting: Alerting{ConfigFile: "a.yml"}}, "--alertmanager.config.file: .* --storage.path"},
		{Options{Alerting: Alerting{URL: "http://a:9093"}}, "--alertmanager.url: .* --storage.path"},
		{Options{Alerting: Alerting{URL: "ftp://a"}, Storage: store}, "ftp://a.* is no URL"},
		{Options{Storage: Storage{RemoteWrite: true}}, "--storage.remote-write: .* --storage.path"},
		{Options{Reflector: Reflector{Listen: []string{":862"}}}, "--stamp.allow"},
		{Options{Reflector: Reflector{Allow: networks}}, "--stamp.reflector"},
		{Options{Reflector: Reflector{Allow: networks, Listen: []string{"862"}}}, `--stamp.reflector "862": no address: write host:port`},
		{Options{Listen: []string{"19001"}}, `--web.listen-address "19001": no address: write host:port`},
		{Options{Listen: []string{""}}, `"": no address: write host:port`},
		{Options{Listen: []string{"127.0.0.1:"}}, "no address: write host:port"},
		{Options{Listen: []string{"127.0.0.1:99999"}}, "there is no port 99999"},
	} {
		c.o.Inventory = "x.yaml"
		_, err := New(c.o)
		if option := new(OptionError); !errors.As(err, &option) || !regexp.MustCompile(c.want).MatchString(err.Error()) {
			t.Errorf("%v, want an OptionError with %q", err, c.want)
		}
	}
}

// TestTLSAndPassword asks a program that is protected, over two listeners.
func TestTLSAndPassword(t *testing.T) {
	dir := t.TempDir()
	tlsConfig, roots := certificate(t, dir)
	file := filepath.Join(dir, "web.yaml")
	if err := os.WriteFile(file, []byte(tlsConfig+user), 0o600); err != nil {
		t.Fatal(err)
	}
	a := start(t, Options{
		Inventory: write(t, uplinks("127.0.0.1:1", "x")), WebConfigFile: file,
		Listen: []string{"127.0.0.1:0", "127.0.0.1:0"},
	})
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	for _, l := range a.listeners {
		for _, c := range []struct {
			password string
			want     int
		}{{"test", http.StatusOK}, {"wrong", http.StatusUnauthorized}, {"", http.StatusUnauthorized}} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+l.Addr().String()+"/metrics", nil)
			if err != nil {
				t.Fatal(err)
			}
			if c.password != "" {
				req.SetBasicAuth("it", c.password)
			}
			resp, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != c.want {
				t.Errorf("password %q: status %d, want %d", c.password, resp.StatusCode, c.want)
			}
		}
	}
}
