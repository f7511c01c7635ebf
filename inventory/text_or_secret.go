package inventory

import "gopkg.in/yaml.v3"

// TextOrSecret is text that is secret at some places and at others not: it stands
// in the inventory itself, or is referred to as a [Secret] is.
type TextOrSecret struct {
	Text   string `yaml:"-"`
	Secret Secret `yaml:"-"`
}

// Read returns the text. Its error is that of [Secret.Read].
func (t TextOrSecret) Read() (string, error) {
	if t.Secret.IsZero() {
		return t.Text, nil
	}
	return t.Secret.Read()
}

// textOrSecret reads a mapping as a reference, and all else as text. No message
// repeats what stands there.
func (d *decoder) textOrSecret(n *yaml.Node, t *TextOrSecret, f *field, at *place) {
	if n.Kind == yaml.MappingNode {
		d.secret(n, &t.Secret, at)
		return
	}
	switch {
	case !d.isWord(n, typeString, f, at):
	case n.Tag == "!!bool":
		d.problem(n, at, "true and false are no text here: put the value in quotes if it is meant as a word")
	default:
		t.Text = n.Value
	}
}
