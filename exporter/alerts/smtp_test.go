package alerts

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The mail server of reports is that of the alerts' global settings.
func TestReadMailServer(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "alertmanager.yml")
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("secret", "mật khẩu\n")
	const rest = "\nroute: {receiver: nobody}\nreceivers: [{name: nobody}]\n"
	write("alertmanager.yml", "global: {smtp_smarthost: 'mail.example.org:587', smtp_from: wanwatch@example.org, smtp_hello: office, smtp_auth_username: u, smtp_auth_password_file: "+filepath.Join(dir, "secret")+"}"+rest)
	s, err := ReadMailServer(file)
	if err != nil || s.Host != "mail.example.org" || s.Port != "587" || s.From != "wanwatch@example.org" || s.Password != "mật khẩu" || !s.RequireTLS || s.Implicit || s.Hello != "office" {
		t.Errorf("%v %+v", err, s)
	}
	for text, want := range map[string]string{
		"global: {smtp_from: a@example.org}": "no smtp_smarthost",
		"global: {smtp_smarthost: 'mail.example.org:25', smtp_from: a@example.org, smtp_auth_username: u, smtp_auth_password_file: nowhere}": "smtp_auth_password_file",
		"global: {smtp_smarthos: x}": "smtp_smarthos",
	} {
		write("alertmanager.yml", text+rest)
		if _, err := ReadMailServer(file); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := ReadMailServer(""); err == nil || !strings.Contains(err.Error(), "--alertmanager.config.file") {
		t.Errorf("without a file: %v", err)
	}
}
