package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// packages are the folders whose tests are about cases.
var packages = []string{"rados", "rados/radosio"}

// suites are the files of Ceph's that the cases are from.
const suites = `aio|cmd|config|cread|cwrite|io|librados|list|lock|misc|pool|py|service|snapshots|snapstats|stat|watch`

// isCase is what a subtest that is about a case is called.
var isCase = regexp.MustCompile(`^(` + suites + `)(\.[A-Za-z0-9_]+)+$`)

// findTests finds the subtests that are called as cases, below root, and returns the
// names of the tests that run them.
func findTests(root string) (map[string]string, error) {
	tests := make(map[string]string)
	for _, dir := range packages {
		paths, err := filepath.Glob(filepath.Join(root, dir, "*_test.go"))
		if err != nil {
			return nil, err
		}
		var files []*ast.File
		for _, path := range paths {
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return nil, err
			}
			files = append(files, file)
		}
		findIn(files, tests)
	}
	return tests, nil
}

// findIn looks for subtests in a package: what is given to Run, and the keys of tables.
// A table stands in the test that goes through it, or is a variable.
func findIn(files []*ast.File, tests map[string]string) {
	tables := make(map[string][]string) // the cases in each table that is a variable
	for _, file := range files {
		for _, decl := range file.Decls {
			if decl, ok := decl.(*ast.GenDecl); ok {
				tablesIn(decl, tables)
			}
		}
	}
	for _, file := range files {
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || !strings.HasPrefix(f.Name.Name, "Test") {
				continue
			}
			for _, id := range casesIn(f, tables) {
				tests[id] = f.Name.Name + "/" + id
			}
		}
	}
}

func tablesIn(decl *ast.GenDecl, tables map[string][]string) {
	for _, spec := range decl.Specs {
		spec, ok := spec.(*ast.ValueSpec)
		if ok && len(spec.Values) == 1 {
			tables[spec.Names[0].Name] = casesIn(spec.Values[0], nil)
		}
	}
}

func casesIn(n ast.Node, tables map[string][]string) (ids []string) {
	add := func(e ast.Expr) {
		lit, ok := e.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return
		}
		if name, err := strconv.Unquote(lit.Value); err == nil && isCase.MatchString(name) {
			ids = append(ids, name)
		}
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Run" && len(n.Args) == 2 {
				add(n.Args[0])
			}
		case *ast.CompositeLit:
			if _, isMap := n.Type.(*ast.MapType); !isMap {
				break
			}
			for _, e := range n.Elts {
				pair := e.(*ast.KeyValueExpr)
				if _, isData := pair.Value.(*ast.BasicLit); !isData {
					add(pair.Key)
				}
			}
		case *ast.RangeStmt:
			if table, ok := n.X.(*ast.Ident); ok {
				ids = append(ids, tables[table.Name]...)
			}
		}
		return true
	})
	return ids
}
