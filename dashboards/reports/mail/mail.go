// Package mail sends reports by SMTP.
package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"
)

// Server is a mail server and who sends by it, as the global settings of an
// alertmanager.yml have them.
type Server struct {
	Host, Port string
	From       string
	// Hello is the name that this host calls itself.
	Hello              string
	Username, Password string // empty: nobody is asked for
	// RequireTLS asks for STARTTLS; Implicit encrypts from the first byte on, as on port 465.
	RequireTLS, Implicit bool
	TLS                  *tls.Config
}

// Message is a text with files.
type Message struct {
	To            []string
	Subject, Text string
	Files         []string // paths
}

// timeout is that of one step of the conversation.
const timeout = time.Minute

// Send sends a message. It is sent whole, or not at all.
func Send(ctx context.Context, s Server, m Message) error {
	if s.Host == "" || s.From == "" {
		return errors.New("no mail server: name it under global in the file of --alertmanager.config.file, smtp_smarthost and smtp_from")
	}
	letter, err := compose(s, m)
	if err != nil {
		return err
	}
	client, err := s.client()
	if err != nil {
		return fmt.Errorf("%s: %w", net.JoinHostPort(s.Host, s.Port), err)
	}
	if err := client.DialAndSendWithContext(ctx, letter); err != nil {
		return fmt.Errorf("%s did not take the mail: %w", net.JoinHostPort(s.Host, s.Port), err)
	}
	return nil
}

func compose(s Server, m Message) (*mail.Msg, error) {
	// Without the name of the library: that is nobody's business.
	letter := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := letter.FromFormat("wanwatch", s.From); err != nil {
		return nil, fmt.Errorf("smtp_from %q is no address: %w", s.From, err)
	}
	if err := letter.To(m.To...); err != nil {
		return nil, fmt.Errorf("an address of %q is none: %w", m.To, err)
	}
	letter.Subject(m.Subject)
	letter.SetDate()
	letter.SetMessageID()
	letter.SetBodyString(mail.TypeTextPlain, m.Text)
	for _, f := range m.Files {
		// Read here: the library leaves out a file that it cannot read.
		data, err := os.ReadFile(f)
		if err != nil {
			return nil, fmt.Errorf("attach a file: %w", err)
		}
		if err := letter.AttachReader(filepath.Base(f), bytes.NewReader(data)); err != nil {
			return nil, fmt.Errorf("attach %s: %w", f, err)
		}
	}
	return letter, nil
}

func (s *Server) client() (*mail.Client, error) {
	port, err := strconv.Atoi(s.Port)
	if err != nil {
		return nil, fmt.Errorf("%q is no port", s.Port)
	}
	settings := s.TLS.Clone()
	if settings == nil {
		settings = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if settings.ServerName == "" {
		settings.ServerName = s.Host
	}
	options := []mail.Option{mail.WithPort(port), mail.WithTimeout(timeout), mail.WithTLSConfig(settings)}
	switch {
	case s.Implicit || port == 465:
		options = append(options, mail.WithSSL())
	case s.RequireTLS:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	default:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	}
	if s.Hello != "" {
		options = append(options, mail.WithHELO(s.Hello))
	}
	if s.Username != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.Username), mail.WithPassword(s.Password))
	}
	return mail.NewClient(s.Host, options...)
}
