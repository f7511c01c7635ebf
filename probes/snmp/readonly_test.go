package snmp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// TestNothingCanWrite looks for every way in which gosnmp changes a device or
// sends what was not asked for, in all sources of the package. It also finds
// the interface at the wire and checks that it only reads.
func TestNothingCanWrite(t *testing.T) {
	forbidden := map[string]bool{
		"Set": true, "SetRequest": true, "SendTrap": true, "InformRequest": true, "SNMPv2Trap": true,
		"MkSnmpPacket": true, "SnmpEncodePacket": true, "MarshalMsg": true,
	}
	allowed := map[string]bool{"Get": true, "GetNext": true, "GetBulk": true, "Sent": true, "Close": true}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	methods := 0
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if forbidden[n.Sel.Name] {
					t.Errorf("%s: %s could change a device", set.Position(n.Pos()), n.Sel.Name)
				}
			case *ast.TypeSpec:
				i, ok := n.Type.(*ast.InterfaceType)
				if !ok || n.Name.Name != "wire" {
					return true
				}
				for _, m := range i.Methods.List {
					if methods++; len(m.Names) != 1 || !allowed[m.Names[0].Name] {
						t.Errorf("%s: the wire has a method that is none of %v", set.Position(m.Pos()), allowed)
					}
				}
			}
			return true
		})
	}
	if methods != len(allowed) {
		t.Errorf("found %d methods of the wire, want %d", methods, len(allowed))
	}
}
