package inventory

import (
	"path/filepath"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// secret reads a reference to a secret. No message of it repeats anything that
// stands there.
func (d *decoder) secret(n *yaml.Node, s *Secret, at *place) {
	const how = "write {file: /run/secrets/NAME} or {env: NAME}"
	if isNull(n) {
		d.problem(n, at, "a value is missing: %s, or leave the key out", how)
		return
	}
	if n.Kind != yaml.MappingNode || badTag(n) {
		d.problem(n, at, "a secret must not stand in the inventory: %s", how)
		return
	}
	pairs, ok := d.pairsBeside(n, []string{"file", "env"}, at)
	if !ok {
		return
	}
	for _, p := range pairs {
		value, ok := d.secretWord(p.value)
		switch {
		case p.key != "file" && p.key != "env":
			d.problem(p.keyNode, at, "a reference to a secret has the key file or env and no other: %s", how)
		case !ok:
			d.problem(p.value, at, "the name of a file or an environment variable is expected here: %s", how)
		case p.key == "file":
			s.File = d.relative(value)
		case !envName.MatchString(value):
			d.problem(p.value, at, "this is no name of an environment variable: write letters, digits and underscores, such as SNMP_COMMUNITY")
		default:
			s.Env = value
		}
	}
	if len(pairs) != 1 {
		d.problem(n, at, "a reference to a secret has one key: %s", how)
	}
}

var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (d *decoder) secretWord(n *yaml.Node) (string, bool) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.ScalarNode || isNull(n) || badTag(n) || strings.TrimSpace(n.Value) == "" {
		return "", false
	}
	return n.Value, true
}

// relative returns a path that is relative to the inventory file.
func (d *decoder) relative(path string) string {
	if filepath.IsAbs(path) || strings.HasPrefix(path, "/") {
		return path
	}
	return filepath.Join(filepath.Dir(d.doc.file), path)
}
