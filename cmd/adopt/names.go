package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// kind is the kind of a declaration.
type kind int

const (
	constant kind = iota
	variable
	function
	typeName
)

func (k kind) String() string {
	return [...]string{"constant", "variable", "function", "type"}[k]
}

// exported is an exported name of a package.
type exported struct {
	kind    kind
	isError bool     // a variable that its declaration makes an error
	methods []string // of a type, its exported ones
}

// api is the exported names of a package, with those of every build tag.
type api struct {
	pkg        string // the name of the package
	names      map[string]*exported
	constraint string // the //go:build line that all files have, or ""
}

// readAPI reads the package in a folder. It returns nil if the folder has no package.
func readAPI(dir string) (*api, error) {
	files, err := goFiles(dir)
	if err != nil || len(files) == 0 {
		return nil, err
	}
	a := &api{names: map[string]*exported{}}
	d := declarations{
		values:  map[string]*ast.ValueSpec{},
		results: map[string]*ast.FieldList{},
		methods: map[string][]string{},
	}
	for i, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return nil, err
		}
		a.pkg = file.Name.Name
		if c := buildConstraint(file); i == 0 {
			a.constraint = c
		} else if c != a.constraint {
			a.constraint = ""
		}
		for _, decl := range file.Decls {
			d.read(decl, a.names)
		}
	}
	for name, e := range a.names {
		e.isError = e.kind == variable && d.isError(name)
		e.methods = d.methods[name]
	}
	return a, nil
}

// buildConstraint returns the //go:build line of a file, or "".
func buildConstraint(file *ast.File) string {
	for _, group := range file.Comments {
		for _, c := range group.List {
			if c.Pos() < file.Package && constraint.IsGoBuild(c.Text) {
				return c.Text
			}
		}
	}
	return ""
}

// goFiles returns the Go files of the package in a folder, without tests.
func goFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var files []string
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), ".go") && !strings.HasSuffix(e.Name(), "_test.go") {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	return files, err
}

// declarations are those of a package, also unexported ones.
type declarations struct {
	values  map[string]*ast.ValueSpec // by the name of the variable or constant
	results map[string]*ast.FieldList // by the name of the function
	methods map[string][]string       // by the name of the type
}

func (d *declarations) read(decl ast.Decl, names map[string]*exported) {
	add := func(ident *ast.Ident, k kind) {
		if ident.IsExported() && names[ident.Name] == nil { // files for other build tags repeat names
			names[ident.Name] = &exported{kind: k}
		}
	}
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Recv != nil {
			d.method(decl)
			return
		}
		d.results[decl.Name.Name] = decl.Type.Results
		add(decl.Name, function)
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				add(spec.Name, typeName)
			case *ast.ValueSpec:
				for _, ident := range spec.Names {
					d.values[ident.Name] = spec
					add(ident, map[token.Token]kind{token.CONST: constant, token.VAR: variable}[decl.Tok])
				}
			}
		}
	}
}

func (d *declarations) method(decl *ast.FuncDecl) {
	name := receiver(decl)
	if decl.Name.IsExported() && !slices.Contains(d.methods[name], decl.Name.Name) {
		d.methods[name] = append(d.methods[name], decl.Name.Name)
	}
}

// receiver returns the name of the type that a method has.
func receiver(decl *ast.FuncDecl) string {
	t := decl.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if ident, ok := t.(*ast.Ident); ok {
		return ident.Name
	}
	return ""
}

// isError reports whether a variable has the type error: it is declared so, or initialized by errors.New,
// by a function of the package that returns an error, or by another such variable.
func (d *declarations) isError(name string) bool {
	spec := d.values[name]
	if spec == nil {
		return false
	}
	if spec.Type != nil {
		return isIdent(spec.Type, "error")
	}
	for i, ident := range spec.Names {
		if ident.Name == name && i < len(spec.Values) {
			return d.givesError(spec.Values[i])
		}
	}
	return false
}

func (d *declarations) givesError(value ast.Expr) bool {
	switch value := value.(type) {
	case *ast.Ident:
		return d.isError(value.Name)
	case *ast.CallExpr:
		switch f := value.Fun.(type) {
		case *ast.SelectorExpr:
			return isIdent(f.X, "errors") && f.Sel.Name == "New" || isIdent(f.X, "fmt") && f.Sel.Name == "Errorf"
		case *ast.Ident:
			results := d.results[f.Name]
			return results != nil && len(results.List) == 1 && isIdent(results.List[0].Type, "error")
		}
	}
	return false
}

func isIdent(e ast.Expr, name string) bool {
	ident, ok := e.(*ast.Ident)
	return ok && ident.Name == name
}

// alias is a declaration of the generated package.
type alias struct {
	name string
	kind kind
	typ  string // of a variable, if it is not that of ours
}

// aliases returns the declarations that give theirs of ours, and warnings about what differs.
func aliases(dir string, theirs, ours *api) (list []alias, warnings []string) {
	warn := func(format string, args ...any) {
		warnings = append(warnings, fmt.Sprintf("package %s: ", dir)+fmt.Sprintf(format, args...))
	}
	for _, name := range sortedNames(theirs.names) {
		their, our := theirs.names[name], ours.names[name]
		switch {
		case our == nil:
			warn("%s is left out, since %s lacks it", name, radosModule)
			continue
		case (their.kind == typeName) != (our.kind == typeName):
			warn("%s is left out: it is a %s of %s and a %s of %s", name, their.kind, cephModule, our.kind, radosModule)
			continue
		case their.kind == constant && our.kind != constant:
			warn("%s is a variable: a constant of %s, and a %s of %s", name, cephModule, our.kind, radosModule)
		}
		for _, method := range their.methods {
			if !slices.Contains(our.methods, method) {
				warn("%s has no method %s, since %s lacks it", name, method, radosModule)
			}
		}
		list = append(list, newAlias(name, their, our))
	}
	return list, warnings
}

func newAlias(name string, their, our *exported) alias {
	a := alias{name: name, kind: their.kind}
	if a.kind == function || a.kind == constant && our.kind != constant {
		a.kind = variable
	}
	if their.isError {
		a.typ = "error"
	}
	return a
}

func sortedNames(names map[string]*exported) []string {
	var sorted []string
	for name := range names {
		sorted = append(sorted, name)
	}
	slices.Sort(sorted)
	return sorted
}
