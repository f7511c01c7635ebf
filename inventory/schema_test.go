package inventory_test

import (
	"bytes"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"wanwatch/inventory"
)

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := inventory.Schema(allKinds())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("inventory.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("inventory.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSchemaAcceptsWhatTheDecoderDoes checks each valid test case, and each
// example, file by file.
func TestSchemaAcceptsWhatTheDecoderDoes(t *testing.T) {
	schema := compiledSchema(t)
	checked := 0
	for _, c := range testCases(t) {
		if c.want(wantProblems) != "" {
			continue
		}
		for _, f := range c.files() {
			checked++
			if err := schema.Validate(jsonValue(t, f)); err != nil {
				t.Errorf("%s: %s: %v", c.path, f.Name, err)
			}
		}
	}
	for _, path := range examples(t) {
		for _, f := range readFiles(t, path) {
			checked++
			if err := schema.Validate(jsonValue(t, f)); err != nil {
				t.Errorf("%s: %v", f.Name, err)
			}
		}
	}
	if checked < 25 {
		t.Errorf("only %d files were checked", checked)
	}
}

// onlyTheDecoder are the test cases whose problems a schema cannot see, because
// they concern several places or are about YAML itself.
func onlyTheDecoder() []string {
	return []string{
		"anchors-bad", "contracts", "duplicate-across-files", "encoding", "encoding-control", "empty", "empty-comments", "empty-null",
		"keys-duplicate", "keys-not-text", "maintenance-late", "references", "rules-never", "second-document", "second-document-empty",
		"secret-alias", "secret-syntax", "tags", "target-ids", "times-dst", "timezone", "timezone-local", "unknown-alias",
	}
}

// TestSchemaRejects checks that every other bad test case fails.
func TestSchemaRejects(t *testing.T) {
	schema := compiledSchema(t)
	for _, c := range testCases(t) {
		if c.want(wantProblems) == "" || slices.Contains(onlyTheDecoder(), c.name()) || strings.HasPrefix(c.name(), "syntax-") {
			continue
		}
		rejected := false
		for _, f := range c.files() {
			rejected = rejected || schema.Validate(jsonValue(t, f)) != nil
		}
		if !rejected {
			t.Errorf("%s: the schema accepts it", c.path)
		}
	}
}

// TestSchemaRejectsEach checks single values: one bad one in an inventory that is
// good but for it.
func TestSchemaRejectsEach(t *testing.T) {
	schema := compiledSchema(t)
	const good = `
sites: {a: {}, b: {}}
credentials: {c: {snmp: {version: 2c, community: {env: X}}}}
devices: {d: {site: a, address: 10.0.0.1, credential: c, purchased: 2019-06}}
links: {l: {from: a, to: b, ping: [10.0.0.1], bandwidth: 50Mbps, contract: {ends: 2027-01-01, lead_time: 45d, sla: {loss: 0.5%, rtt: 20ms}}}}
endpoints: {e: {site: a, address: 10.0.0.2, probes: {ping: {dscp: EF}, web: {kind: tcp, port: 443}}}}
meetings: {m: {start: 2026-12-01T08:00, duration: 2h, repeat: FREQ=WEEKLY, endpoints: [e]}}
`
	if err := schema.Validate(jsonValue(t, inventory.File{Data: []byte(good)})); err != nil {
		t.Fatal(err)
	}
	for _, r := range [][2]string{
		{"sites:", "sits:"}, {"sites: {a: {}", "sites: {A: {}"}, {"version: 2c", "version: 2"}, {"{env: X}", "public"},
		{"{env: X}", "{env: X, file: y}"}, {"{env: X}", "{}"}, {"site: a, address: 10.0.0.1, ", "site: a, "}, {"10.0.0.1, cred", "'a b', cred"},
		{"2019-06", "06/2019"}, {"from: a, ", ""}, {"[10.0.0.1]", "[]"}, {"50Mbps", "50Mb"}, {"50Mbps", "{}"}, {"50Mbps", "50"},
		{"45d", "45"}, {"0.5%", "0.5"}, {"20ms", "20"}, {"20ms", "-5"}, {"dscp: EF", "dscp: EG"}, {"dscp: EF", "dcsp: EF"}, {"kind: tcp", "kind: tpc"},
		{"port: 443", "port: 99999"}, {"web: {kind: tcp, port: 443}", "web: {port: 443}"}, {"T08:00", ""}, {"2h", "2"}, {"FREQ=WEEKLY", "weekly"},
		{"[e]", "[]"}, {"[e]", "e"}, {"endpoints: [e]", "x: [e]"},
	} {
		bad := strings.Replace(good, r[0], r[1], 1)
		if bad == good {
			t.Fatalf("%q is not in the inventory", r[0])
		}
		if schema.Validate(jsonValue(t, inventory.File{Data: []byte(bad)})) == nil {
			t.Errorf("%q in place of %q: the schema accepts it", r[1], r[0])
		}
	}
}

// jsonValue reads YAML as editors that check it with a JSON Schema do: with YAML
// 1.2's core schema, so that times and dates are text, and with merge keys
// resolved.
func jsonValue(t *testing.T, f inventory.File) any {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal(bytes.TrimPrefix(f.Data, []byte("\ufeff")), &n); err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	if len(n.Content) == 0 {
		return nil
	}
	return plainValue(n.Content[0], 0)
}

func plainValue(n *yaml.Node, depth int) any {
	if depth > 50 {
		return nil
	}
	switch n.Kind {
	case yaml.AliasNode:
		return plainValue(n.Alias, depth+1)
	case yaml.SequenceNode:
		list := []any{}
		for _, c := range n.Content {
			list = append(list, plainValue(c, depth+1))
		}
		return list
	case yaml.MappingNode:
		return plainMapping(n, depth)
	}
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return n.Value == "true" || n.Value == "True"
	case "!!int", "!!float":
		if x, err := strconv.ParseFloat(n.Value, 64); err == nil {
			return x
		}
	}
	return n.Value
}

func plainMapping(n *yaml.Node, depth int) map[string]any {
	m := map[string]any{}
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Tag != "!!merge" {
			continue
		}
		merged := plainValue(n.Content[i+1], depth+1)
		list, ok := merged.([]any)
		if !ok {
			list = []any{merged}
		}
		for _, e := range slices.Backward(list) {
			if e, ok := e.(map[string]any); ok {
				maps.Copy(m, e)
			}
		}
	}
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Tag != "!!merge" {
			m[fmt.Sprint(n.Content[i].Value)] = plainValue(n.Content[i+1], depth+1)
		}
	}
	return m
}

// examples returns the inventories that ship with the program.
func examples(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("../examples/*.yaml")
	if err != nil || len(paths) < 4 {
		t.Fatalf("%d examples: %v", len(paths), err)
	}
	return append(paths, "../examples/folder", "snippets")
}
