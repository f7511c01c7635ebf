package inventory_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"wanwatch/inventory"
)

const marker = "S3CRET-MARKER"

// FuzzLoad reads anything beside a file with literal secrets: it never panics or
// hangs, every problem has a place, and no message repeats a secret.
func FuzzLoad(f *testing.F) {
	for _, c := range testCases(f) {
		for _, file := range c.files() {
			f.Add(file.Data)
		}
	}
	kinds := allKinds()
	secrets := inventory.File{Name: "secrets.yaml", Data: fmt.Appendf(nil, `
credentials:
  fuzz-a: {snmp: {version: 2c, community: %[1]s}}
  fuzz-b: {http: {user: u, password: [%[1]s]}}
  fuzz-c: {snmp: {version: 3, user: u, auth: %[1]s, auth_password: {%[1]s: x}}}
`, marker)}
	f.Fuzz(func(t *testing.T, data []byte) {
		start := time.Now()
		inv, err := inventory.Parse([]inventory.File{{Name: "fuzz.yaml", Data: data}, secrets}, kinds)
		var problems inventory.Problems
		if inv != nil || !errors.As(err, &problems) {
			t.Fatalf("a literal secret is taken: %v", err)
		}
		checkProblems(t, problems, !strings.Contains(string(data), marker))
		inv, err = inventory.Parse([]inventory.File{{Name: "fuzz.yaml", Data: data}}, kinds)
		if (inv == nil) == (err == nil) {
			t.Fatalf("inventory %v and error %v", inv, err)
		}
		if errors.As(err, &problems) {
			checkProblems(t, problems, false)
		} else if err != nil {
			t.Fatal(err)
		} else {
			use(t, inv)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Fatalf("it took %s", took)
		}
	})
}

func checkProblems(t *testing.T, problems inventory.Problems, hidden bool) {
	t.Helper()
	for i, p := range problems {
		if p.Pos.File == "" || p.Pos.Line < 1 || p.Pos.Col < 1 || p.Message == "" {
			t.Fatalf("problem %d has no place: %q", i, p)
		}
		text := p.String()
		if hidden && strings.Contains(text, marker) {
			t.Fatalf("a secret shows: %s", text)
		}
		if strings.ContainsAny(text, "\n\r\x00\x1b") {
			t.Fatalf("the message is not one line of text: %q", text)
		}
		for _, word := range []string{"inventory.", "reflect.", "*time.", "map[", "%!", "panic"} {
			if strings.Contains(p.Message, word) && !strings.Contains(p.Message, `"`) {
				t.Fatalf("the message speaks Go: %s", text)
			}
		}
	}
}

// use asks a good inventory for what the program asks.
func use(t *testing.T, inv *inventory.Inventory) {
	t.Helper()
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for _, target := range inv.Targets() {
		target.InMaintenance(now)
		target.Contract(now)
		for _, p := range target.Probes {
			if p.Address == "" || p.Interval <= 0 || p.Timeout <= 0 || p.Confirm < 1 || p.Pos.IsZero() {
				t.Fatalf("incomplete probe %+v of %s", p, target.ID)
			}
		}
		for _, m := range target.Meetings {
			m.Around(now)
		}
	}
}

// FuzzSecret puts a secret where one stands in every form of text.
func FuzzSecret(f *testing.F) {
	for _, s := range []string{marker, "'" + marker + "'", `"` + marker, "*" + marker, "&" + marker, "!" + marker, "!!binary " + marker, "[" + marker, "{" + marker, "{file: " + marker + "!", "|" + marker, "%" + marker, "@" + marker, "? " + marker, "{env: '" + marker + "'}", "{<<: " + marker + "}"} {
		f.Add(s)
	}
	kinds := allKinds()
	f.Fuzz(func(t *testing.T, secret string) {
		if strings.ContainsAny(secret, "\n\r\u0085\u2028\u2029,}]:#") && !strings.HasPrefix(secret, "{") {
			return
		}
		for _, form := range []string{"a: {snmp: {version: 2c, community: %s}}", "a:\n    snmp:\n      version: 2c\n      community: %s", "a: {http: {user: u, password: %s}}"} {
			text := "credentials:\n  " + fmt.Sprintf(form, secret) + "\n"
			_, err := inventory.Parse([]inventory.File{{Name: "s.yaml", Data: []byte(text)}}, kinds)
			if err != nil && strings.Contains(err.Error(), marker) && !strings.ContainsAny(secret, "\n\r") && strings.Count(secret, "}") == 0 {
				t.Fatalf("the secret shows in %q: %s", text, err)
			}
		}
	})
}
