package check

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/handwritten"
	"github.com/go-rados/go-rados/gen/ir"
)

// UnusedThunks reports the private thunks that no hand-written file below root uses: their C
// functions count as bound, but no exported function reaches them. It compares names only;
// the Go compiler checks whose method is called.
func UnusedThunks(root string, p *ir.Plan) error {
	used, err := usedNames(filepath.Join(root, p.Library.Folder))
	if err != nil {
		return err
	}
	var diags diag.List
	for _, m := range p.Methods {
		name := m.Name
		if m.Recv != nil {
			name = "." + name
		}
		if m.Private() && !used[name] {
			diags.Add(m.Pos, "%s is private, and nothing that is written by hand in %s/ uses it", m.FullName(), p.Library.Folder)
		}
	}
	return diags.Err()
}

// usedNames returns the names that the hand-written files in dir use. A name after a dot
// includes the dot.
func usedNames(dir string) (map[string]bool, error) {
	paths, err := handwritten.Files(dir)
	if err != nil {
		return nil, err
	}
	used := make(map[string]bool)
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		note(file, used)
	}
	return used, nil
}

// note adds the names that n uses. The declaration of a function does not use its name.
func note(n ast.Node, used map[string]bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Body != nil {
				note(n.Body, used)
			}
			return false
		case *ast.SelectorExpr:
			used["."+n.Sel.Name] = true
			note(n.X, used)
			return false
		case *ast.Ident:
			used[n.Name] = true
		}
		return true
	})
}
