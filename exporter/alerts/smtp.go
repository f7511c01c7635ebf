package alerts

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/prometheus/alertmanager/config"
	commoncfg "github.com/prometheus/common/config"
)

// MailServer is the one that an alertmanager.yml names for all its receivers.
type MailServer struct {
	Host, Port           string
	From, Hello          string
	Username, Password   string
	RequireTLS, Implicit bool
	TLS                  *tls.Config
}

// ReadMailServer reads the global SMTP settings of an alertmanager.yml, and the password
// that they name.
func ReadMailServer(configFile string) (s MailServer, err error) {
	if configFile == "" {
		return s, errors.New("mail needs a server: name one under global, smtp_smarthost and smtp_from, in an alertmanager.yml, and that with --alertmanager.config.file")
	}
	conf, err := config.LoadFile(configFile)
	if err != nil {
		return s, fmt.Errorf("%s: %w", configFile, err)
	}
	g := conf.Global
	if g.SMTPSmarthost.Host == "" || g.SMTPFrom == "" {
		return s, fmt.Errorf("%s: global has no smtp_smarthost or no smtp_from: reports are mailed by them", configFile)
	}
	s = MailServer{
		Host: g.SMTPSmarthost.Host, Port: cmp.Or(g.SMTPSmarthost.Port, "25"), From: g.SMTPFrom, Hello: g.SMTPHello,
		Username: g.SMTPAuthUsername, Password: string(g.SMTPAuthPassword), RequireTLS: g.SMTPRequireTLS,
		Implicit: g.SMTPForceImplicitTLS != nil && *g.SMTPForceImplicitTLS,
	}
	if g.SMTPAuthPasswordFile != "" {
		secret, err := os.ReadFile(g.SMTPAuthPasswordFile)
		if err != nil {
			return s, fmt.Errorf("%s: global: smtp_auth_password_file: %w", configFile, err)
		}
		s.Password = strings.TrimSpace(string(secret))
	}
	if g.SMTPTLSConfig != nil {
		if s.TLS, err = commoncfg.NewTLSConfig(g.SMTPTLSConfig); err != nil {
			return s, fmt.Errorf("%s: global: smtp_tls_config: %w", configFile, err)
		}
	}
	return s, nil
}
