package inventory

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
)

// Secret is a reference to a secret: a file or an environment variable. It
// never holds the secret itself and nothing prints what it refers to.
type Secret struct {
	File string `yaml:"file" doc:"File that holds the secret; one newline at its end is ignored. A relative path starts at the folder of the inventory file."`
	Env  string `yaml:"env" doc:"Environment variable that holds the secret."`
}

const hidden = "<secret>"

// maxSecret bounds what is read from a file, so that a wrong path costs nothing.
const maxSecret = 64 << 10

// Read returns the secret. Its error names the file or the variable, never the
// value. It is read each time, so that a changed file is seen.
func (s Secret) Read() (string, error) {
	switch {
	case s.File != "":
		return readSecretFile(s.File)
	case s.Env != "":
		value, ok := os.LookupEnv(s.Env)
		if !ok || value == "" {
			return "", fmt.Errorf("read secret: the environment variable %s is not set: set it for wanwatch, for example with EnvironmentFile= in its systemd unit", s.Env)
		}
		return strings.TrimSuffix(strings.TrimSuffix(value, "\n"), "\r"), nil
	default:
		return "", errors.New("read secret: the inventory names no file and no environment variable")
	}
}

func readSecretFile(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("read secret: %w: create the file and let only wanwatch's user read it (chmod 600)", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("read secret: %w", err)
	case len(data) > maxSecret:
		return "", fmt.Errorf("read secret: %s is larger than %d KiB: check the path", name, maxSecret>>10)
	}
	secret := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	if secret == "" {
		return "", fmt.Errorf("read secret: %s is empty: write the secret into it", name)
	}
	return secret, nil
}

// IsZero reports whether no secret is referred to.
func (s Secret) IsZero() bool { return s == Secret{} }

// String hides even the reference.
func (Secret) String() string { return hidden }

// GoString hides even the reference.
func (Secret) GoString() string { return hidden }

// Format hides even the reference, whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue hides even the reference.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides even the reference, in JSON and YAML.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
