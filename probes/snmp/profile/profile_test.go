package profile_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wanwatch/probes/snmp/profile"
)

func TestBuiltIn(t *testing.T) {
	if !slices.Equal(profile.Names(), []string{"poly"}) {
		t.Errorf("profiles: %v", profile.Names())
	}
	poly, err := profile.Read("poly")
	if err != nil {
		t.Fatal(err)
	}
	if profile.For(".1.3.6.1.4.1.13885.101.1") != poly || profile.For(".1.3.6.1.4.1.138850.1") != nil || profile.For("") != nil {
		t.Error("the profile is not chosen by its sysObjectID")
	}
	if poly.Parts["camera"].Object != ".1.3.6.1.4.1.13885.101.1.3.6.1.0" {
		t.Errorf("camera: %+v", poly.Parts["camera"])
	}
}

// What tells who met whom is not read: columns 2, 3 and those of the far site.
func TestPolyKeepsSecrets(t *testing.T) {
	data, err := os.ReadFile("poly.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const calls = "1.3.6.1.4.1.13885.101.1.4.1.1."
	for word := range strings.FieldsFuncSeq(string(data), func(r rune) bool { return strings.ContainsRune(" ,{}\n", r) }) {
		column, ok := strings.CutPrefix(word, calls)
		if ok && !slices.Contains([]string{"4", "5", "6", "7", "16", "17"}, column) {
			t.Errorf("the column %s of calls is read", column)
		}
	}
}

const head = "title: x\nsource: y\n"

func TestFiles(t *testing.T) {
	at := filepath.Join(t.TempDir(), "mine.yaml")
	for text, want := range map[string]string{
		head: "",
		head + "parts: {camera: {object: .1.3.6.1.4.1.9.1.0, works: [1], failed: [2]}}": "",
		"title: x\n": `mine.yaml:1:1: "source" is missing`,
		head + "parts: {camera: {object: 1.3.x, works: [1], failed: [2]}}":                "no object identifier",
		head + "parts: {camera: {works: [1], failed: [2]}}":                               "camera: write either object or column",
		head + "parts: {camera: {object: 1.3.6, column: 1.3.6, works: [1], failed: [2]}}": "either object or column",
		head + "parts: {camera: {object: 1.3.6, works: [1, 2], failed: [2]}}":             "2 cannot say both",
		head + "colour: red":                          "unknown key",
		head + "calls: {loss: {receive: {scale: 2}}}": "column",
	} {
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := profile.Read(at)
		if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "mine.yaml")) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if _, err := profile.Read("nowhere.yaml"); err == nil || !strings.Contains(err.Error(), "nowhere.yaml") {
		t.Errorf("no such file: %v", err)
	}
}
