package client

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/dial"
)

// CheckHeaders reports headers that hold a secret in the open or break a request. It
// does not repeat their values.
func CheckHeaders(headers map[string]inventory.TextOrSecret) []string {
	var problems []string
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		value := headers[name]
		switch {
		case name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r) }):
			problems = append(problems, fmt.Sprintf("headers: %.60q is no name of a header", name))
		case secretName(name) && value.Text != "":
			problems = append(problems, "headers."+name+": a secret must not stand in the inventory: write {file: /run/secrets/NAME} or {env: NAME}"+basic(name))
		case !oneLine(value.Text):
			problems = append(problems, "headers."+name+" must be one line")
		}
	}
	return problems
}

// basic is further advice for a header that names a user with a password.
func basic(name string) string {
	if strings.EqualFold(name, "authorization") {
		return ", or credential: with the id of one"
	}
	return ""
}

var (
	secretWords = regexp.MustCompile(`^(token|secret|(api)?key|password|passwd|passphrase|authorization|cookie|jwt)s?[0-9]*$`)
	wordOfName  = regexp.MustCompile(`[A-Z]?[a-z0-9]+|[A-Z0-9]+`)
)

// secretName reports whether a header is called as those are that hold a secret: by a
// whole word, so that X-Api-Key is one, and X-Monkey is not.
func secretName(name string) bool {
	for _, list := range [][]string{wordOfName.FindAllString(name, -1), strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == '.' })} {
		if slices.ContainsFunc(list, func(w string) bool { return secretWords.MatchString(strings.ToLower(w)) }) {
			return true
		}
	}
	return false
}

func oneLine(value string) bool { return !strings.ContainsAny(value, "\r\n\x00") }

// SetHeaders adds the headers of the settings to a request. Secrets are read each
// time, so that a changed one is seen.
func SetHeaders(h http.Header, headers map[string]inventory.TextOrSecret) error {
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		value, err := headers[name].Read()
		if err != nil {
			return dial.Failf(probes.ReasonCredential, "header %s: %v", name, err)
		}
		if !oneLine(value) {
			return dial.Failf(probes.ReasonCredential, "header %s: the secret must be one line", name)
		}
		h.Set(name, value)
	}
	return nil
}
