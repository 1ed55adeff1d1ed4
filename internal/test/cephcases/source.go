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

// packages lists the folders whose tests cover cases.
var packages = []string{"rados", "rados/radosio"}

// suites matches the names of Ceph's test files.
const suites = `aio|cmd|config|cread|cwrite|io|librados|list|lock|misc|pool|py|service|snapshots|snapstats|stat|watch`

// isCase matches the name of a case, which is also that of its subtest.
var isCase = regexp.MustCompile(`^(` + suites + `)(\.[A-Za-z0-9_]+)+$`)

// findTests finds the subtests below root that are named after cases. It returns
// the full name of the test for each case.
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

// findIn finds the subtests of a package: names that are passed to Run, and keys of
// tables. A table is a literal in the test that ranges over it, or a variable.
func findIn(files []*ast.File, tests map[string]string) {
	tables := make(map[string][]string) // the cases of each table variable
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
