package mail_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	reportmail "wanwatch/dashboards/reports/mail"
)

// postOffice is a mail server that keeps what it gets.
type postOffice struct {
	user, password string // wanted, if there is a user
	refuse         bool
	got            []string
	to             []string
}

func (p *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) {
	return &visit{p, p.user == ""}, nil
}

type visit struct {
	*postOffice
	known bool
}

func (v *visit) AuthMechanisms() []string { return []string{sasl.Plain} }

func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if v.known = user == v.user && password == v.password; !v.known {
			return errors.New("who are you")
		}
		return nil
	}), nil
}

func (v *visit) Mail(string, *smtp.MailOptions) error {
	if !v.known {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	if v.refuse {
		return &smtp.SMTPError{Code: 550, Message: "nobody of that name"}
	}
	v.to = append(v.to, to)
	return nil
}

func (v *visit) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	v.got = append(v.got, string(data))
	return err
}

func (*visit) Reset()        {}
func (*visit) Logout() error { return nil }

func open(t *testing.T, p *postOffice) reportmail.Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := smtp.NewServer(p)
	s.Domain, s.AllowInsecureAuth = "localhost", true
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = s.Serve(l)
	}()
	t.Cleanup(func() {
		_ = s.Close()
		<-ended
	})
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return reportmail.Server{Host: host, Port: port, From: "wanwatch@example.org", Hello: "office.example.org"}
}

func report(t *testing.T) reportmail.Message {
	t.Helper()
	path := filepath.Join(t.TempDir(), "báo-cáo.pdf")
	if err := os.WriteFile(path, []byte("%PDF-1.7 nội dung"), 0o600); err != nil {
		t.Fatal(err)
	}
	return reportmail.Message{To: []string{"thu-ky@example.org", "it@example.org"}, Subject: "Báo cáo năng lực đường truyền – tháng 10", Text: "Kính gửi: có 3 đường cần nâng cấp.", Files: []string{path}}
}

// The report arrives at all addresses, with its text, its subject and its file, and
// without the name of what wrote it.
func TestSend(t *testing.T) {
	p := &postOffice{}
	s := open(t, p)
	if err := reportmail.Send(t.Context(), s, report(t)); err != nil {
		t.Fatal(err)
	}
	if len(p.got) != 1 || strings.Join(p.to, " ") != "thu-ky@example.org it@example.org" {
		t.Fatalf("%d mails to %v", len(p.got), p.to)
	}
	m, err := mail.ReadMessage(strings.NewReader(p.got[0]))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"From": "wanwatch@example.org", "Subject": "=?UTF-8?", "Content-Type": "multipart/mixed", "Date": "20", "Message-Id": "@"} {
		if got := m.Header.Get(name); !strings.Contains(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := m.Header.Get("User-Agent") + m.Header.Get("X-Mailer"); got != "" {
		t.Errorf("it names %q", got)
	}
	for _, want := range []string{"JVBERi0xLjcgbuG7mWkgZHVuZw==", "K=C3=ADnh g=E1=BB=ADi"} {
		if !strings.Contains(p.got[0], want) {
			t.Errorf("%q is missing in\n%s", want, p.got[0])
		}
	}
}

// What goes wrong is said with the server's name, and without a password.
func TestSendFails(t *testing.T) {
	m := report(t)
	closed := open(t, &postOffice{})
	for name, c := range map[string]struct {
		server func() reportmail.Server
		want   string
	}{
		"no server":    {func() reportmail.Server { return reportmail.Server{} }, "smtp_smarthost"},
		"refused":      {func() reportmail.Server { return open(t, &postOffice{refuse: true}) }, "nobody of that name"},
		"no TLS":       {func() reportmail.Server { s := open(t, &postOffice{}); s.RequireTLS = true; return s }, "STARTTLS"},
		"no TLS first": {func() reportmail.Server { s := closed; s.Implicit = true; return s }, "tls"},
		"a stranger": {func() reportmail.Server {
			s := open(t, &postOffice{user: "u", password: "right"})
			s.Username, s.Password = "u", "s3cret"
			return s
		}, "did not take the mail"},
		"no port": {func() reportmail.Server { s := closed; s.Port = "smtp"; return s }, `"smtp" is no port`},
	} {
		err := reportmail.Send(t.Context(), c.server(), m)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := reportmail.Send(ctx, closed, m); err == nil {
		t.Error("after the end")
	}
	m.Files = []string{"/nowhere/x.pdf"}
	if err := reportmail.Send(t.Context(), closed, m); err == nil {
		t.Error("a mail without its file")
	}
}
