package texts

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Every text of the catalogue is there in both languages, with the same verbs.
func TestNothingIsMissing(t *testing.T) {
	files, err := parser.ParseDir(token.NewFileSet(), ".", nil, 0) //nolint:staticcheck // build tags play no role here
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for name, file := range files["texts"].Files {
		ast.Inspect(file, func(node ast.Node) bool {
			if pair, ok := pairOf(node); ok {
				n++
				if pair.VI == "" || pair.EN == "" {
					t.Errorf("%s: %q: a language is missing", name, pair)
				}
				if verbs(pair.VI) != verbs(pair.EN) {
					t.Errorf("%s: %q: the languages take different arguments", name, pair)
				}
			}
			return true
		})
	}
	if n < 5 {
		t.Errorf("found %d texts only", n)
	}
}

// pairOf returns the text that a literal of the source is: {"…", "…"} or
// {VI: "…", EN: "…"}.
func pairOf(node ast.Node) (Text, bool) {
	literal, ok := node.(*ast.CompositeLit)
	if !ok || len(literal.Elts) == 0 || len(literal.Elts) > 2 {
		return Text{}, false
	}
	var pair Text
	for i, e := range literal.Elts {
		into := [...]*string{&pair.VI, &pair.EN}[i]
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			key, ok := kv.Key.(*ast.Ident)
			if !ok || key.Name != "VI" && key.Name != "EN" {
				return Text{}, false
			}
			into, e = map[string]*string{"VI": &pair.VI, "EN": &pair.EN}[key.Name], kv.Value
		}
		value, ok := stringOf(e)
		if !ok {
			return Text{}, false
		}
		*into = value
	}
	return pair, true
}

func stringOf(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.Ident: // a constant that both languages share
		return e.Name, true
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		x, ok := stringOf(e.X)
		y, also := stringOf(e.Y)
		return x + y, ok && also
	default:
		return "", false
	}
}

// verbs counts the verbs of a text.
func verbs(s string) int { return strings.Count(s, "%") - 2*strings.Count(s, "%%") }

func TestNumbersAndDates(t *testing.T) {
	day := time.Date(2026, 12, 31, 14, 5, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{VI.Number(1234.5, 1), "1.234,5"},
		{EN.Number(1234.5, 1), "1,234.5"},
		{VI.Date(day), "31/12/2026"},
		{EN.Clock(day), "31 Dec 2026 14:05"},
		{VI.Say(Text{"mất %d gói", "%d packets lost"}, 1234), "mất 1.234 gói"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestParseLanguage(t *testing.T) {
	for tags, want := range map[string]Language{"vi": VI, "en-GB,en;q=0.9": EN, "fr, vi;q=0.5": VI} {
		if got, ok := ParseLanguage(tags); !ok || got != want {
			t.Errorf("%q: %q, %v", tags, got, ok)
		}
	}
	if _, ok := ParseLanguage("fr"); ok {
		t.Error("French is not spoken here")
	}
}
