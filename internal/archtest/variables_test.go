package archtest

import (
	"go/ast"
	"go/token"
	"strings"
	"testing"
)

// TestNoMutableVariables finds package variables that something changes, or
// that can be there for nothing else. Tables and errors, which are only read,
// are fine: Go has no constants of their types.
func TestNoMutableVariables(t *testing.T) {
	packages := map[string]map[string]bool{} // names of variables, by folder
	all := sources(t)
	for _, s := range all {
		if s.test || testHelper(s.dir) {
			continue
		}
		for _, decl := range s.file.Decls {
			checkDeclaration(t, s, decl, packages)
		}
	}
	for _, s := range all {
		if !s.test && len(packages[s.dir]) > 0 {
			checkAssignments(t, s, packages[s.dir])
		}
	}
}

// checkDeclaration notes the variables of a declaration and refuses those whose
// type or value is made to be changed.
func checkDeclaration(t *testing.T, s source, decl ast.Decl, packages map[string]map[string]bool) {
	t.Helper()
	group, ok := decl.(*ast.GenDecl)
	if !ok || group.Tok != token.VAR {
		return
	}
	for _, spec := range group.Specs {
		v := spec.(*ast.ValueSpec)
		for i, name := range v.Names {
			if name.Name == "_" {
				continue
			}
			if packages[s.dir] == nil {
				packages[s.dir] = map[string]bool{}
			}
			packages[s.dir][name.Name] = true
			if len(v.Values) == 0 && !filledByBuild(group, v) {
				t.Errorf("%s/%s: variable %s has no value, so something must change it: hand the state in", s.dir, s.name, name.Name)
			} else if i < len(v.Values) && isEmpty(v.Values[i]) {
				t.Errorf("%s/%s: variable %s is made empty, so something must fill it: hand the state in", s.dir, s.name, name.Name)
			}
		}
	}
}

// filledByBuild reports whether a variable is filled by go:embed, or by the
// linker, which its comment then says.
func filledByBuild(group *ast.GenDecl, v *ast.ValueSpec) bool {
	for _, doc := range []*ast.CommentGroup{group.Doc, v.Doc} {
		if doc == nil {
			continue
		}
		for _, c := range doc.List {
			if strings.HasPrefix(c.Text, "//go:embed ") || strings.Contains(c.Text, `-ldflags "-X `) {
				return true
			}
		}
	}
	return false
}

// isEmpty reports whether a value holds nothing: make(...), new(...), T{}.
func isEmpty(e ast.Expr) bool {
	switch v := e.(type) {
	case *ast.CallExpr:
		fn, ok := v.Fun.(*ast.Ident)
		return ok && (fn.Name == "make" || fn.Name == "new")
	case *ast.CompositeLit:
		_, isMap := v.Type.(*ast.MapType)
		_, isList := v.Type.(*ast.ArrayType)
		return len(v.Elts) == 0 && (isMap || isList)
	default:
		return false
	}
}

// checkAssignments finds assignments to the variables of the file's package,
// and to what they hold.
func checkAssignments(t *testing.T, s source, variables map[string]bool) {
	t.Helper()
	changed := func(e ast.Expr) {
		name := root(e)
		// The parser resolves local names; those of other files it leaves.
		if name == nil || !variables[name.Name] || !isPackageLevel(name, s) {
			return
		}
		t.Errorf("%s/%s changes the package variable %s: hand the state in", s.dir, s.name, name.Name)
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.AssignStmt:
			if x.Tok != token.DEFINE {
				for _, e := range x.Lhs {
					changed(e)
				}
			}
		case *ast.IncDecStmt:
			changed(x.X)
		case *ast.CallExpr:
			if fn, ok := x.Fun.(*ast.Ident); ok && len(x.Args) > 0 && (fn.Name == "delete" || fn.Name == "clear") {
				changed(x.Args[0])
			}
		}
		return true
	})
}

// root returns the name at the start of x.f[i].g.
func root(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// isPackageLevel reports whether a name is not a local one.
func isPackageLevel(name *ast.Ident, s source) bool {
	return name.Obj == nil || s.file.Scope.Lookup(name.Name) == name.Obj
}
