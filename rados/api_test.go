package rados_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
)

// reached is the number of identical declarations. It must not fall.
const reached = 231

// TestReferenceAPI compares the exported declarations with the committed list
// of the reference API: those with the same name must be identical.
func TestReferenceAPI(t *testing.T) {
	exported := exports(t)
	want := facts(t, "testdata/reference-api.txt")
	identical := 0
	for _, fact := range want {
		got, ok := exported[subject(fact)]
		if !ok {
			continue
		}
		if assert.Equal(t, normal(t, fact), got) {
			identical++
		}
	}
	t.Logf("%d of %d identical", identical, len(want))
	assert.Len(t, want, 231)
	assert.Equal(t, reached, identical, "update reached")
}

// TestHeadAPI compares them with the additions of the newest reference API.
// None may be missing.
func TestHeadAPI(t *testing.T) {
	exported := exports(t)
	for _, fact := range facts(t, "testdata/head-api.txt") {
		assert.Equal(t, normal(t, fact), exported[subject(fact)])
	}
	// A program that is written for it compiles.
	var _ func(*rados.IOContext, string, rados.ChecksumType, []byte, *rados.ChecksumOptions) error = (*rados.IOContext).Checksum
	_ = rados.ChecksumOptions{1, 2, 3, []byte{4}} // without the names of the fields
	assert.EqualValues(t, uint32(2), rados.ChecksumTypeCRC32C)
	for _, code := range []error{rados.ErrNotFound, rados.ErrObjectExists, rados.ErrPermissionDenied, rados.RadosErrorNotFound, rados.RadosErrorPermissionDenied} {
		assert.Error(t, code)
	}
}

// facts returns the lines of a list of the reference API.
func facts(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var facts []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			facts = append(facts, line)
		}
	}
	return facts
}

// subject returns the name that a line declares: "func Conn.Connect", "field
// LockInfo.Tag".
func subject(fact string) string {
	if rest, ok := strings.CutPrefix(fact, "func ("); ok {
		recv, rest, _ := strings.Cut(rest, ") ")
		_, typ, _ := strings.Cut(recv, " ")
		name, _, _ := strings.Cut(rest, "(")
		if typ == "" {
			typ = recv // a receiver without a name
		}
		return "func " + strings.TrimPrefix(typ, "*") + "." + name
	}
	words := strings.FieldsFunc(fact, func(r rune) bool { return r == ' ' || r == '(' })
	return words[0] + " " + words[1]
}

// normal spells the signature of a function as exports does: every parameter
// has its type.
func normal(t *testing.T, fact string) string {
	t.Helper()
	if !strings.HasPrefix(fact, "func") {
		return fact
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+fact, 0)
	require.NoError(t, err, fact)
	return signature(file.Decls[0].(*ast.FuncDecl))
}

// exports returns the declarations that the package exports, by subject.
func exports(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	require.NoError(t, err)
	facts := make(map[string]string)
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		for _, decl := range file.Decls {
			for _, fact := range declared(decl) {
				facts[subject(fact)] = fact
			}
		}
	}
	return facts
}

func declared(decl ast.Decl) []string {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		return []string{signature(d)}
	case *ast.GenDecl:
		var facts []string
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				facts = append(facts, typeFacts(s)...)
			case *ast.ValueSpec:
				facts = append(facts, d.Tok.String()+" "+s.Names[0].Name+valueType(s))
			}
		}
		return facts
	}
	return nil
}

func typeFacts(s *ast.TypeSpec) []string {
	st, ok := s.Type.(*ast.StructType)
	if !ok {
		return []string{"type " + s.Name.Name + " " + types.ExprString(s.Type)}
	}
	facts := []string{"type " + s.Name.Name + " struct"}
	for _, field := range st.Fields.List {
		for _, name := range field.Names {
			facts = append(facts, "field "+s.Name.Name+"."+name.Name+" "+types.ExprString(field.Type))
		}
	}
	return facts
}

// valueType returns the type of a constant or variable as its declaration
// spells it.
func valueType(s *ast.ValueSpec) string {
	if s.Type != nil {
		return " " + types.ExprString(s.Type)
	}
	switch v := s.Values[0].(type) {
	case *ast.CallExpr:
		return " " + types.ExprString(v.Fun)
	case *ast.Ident:
		if strings.HasPrefix(v.Name, "Err") {
			return " radosError" // an alias of an error constant
		}
	}
	return ""
}

func signature(f *ast.FuncDecl) string {
	s := "func "
	if f.Recv != nil {
		recv := f.Recv.List[0]
		name := ""
		if len(recv.Names) > 0 {
			name = recv.Names[0].Name + " "
		}
		s += "(" + name + types.ExprString(recv.Type) + ") "
	}
	s += f.Name.Name + "(" + list(f.Type.Params) + ")"
	results := list(f.Type.Results)
	switch {
	case results == "":
	case f.Type.Results.NumFields() > 1 || len(f.Type.Results.List[0].Names) > 0:
		s += " (" + results + ")"
	default:
		s += " " + results
	}
	return s
}

func list(fields *ast.FieldList) string {
	if fields == nil {
		return ""
	}
	var vars []string
	for _, field := range fields.List {
		typ := types.ExprString(field.Type)
		if len(field.Names) == 0 {
			vars = append(vars, typ)
		}
		for _, name := range field.Names {
			vars = append(vars, name.Name+" "+typ)
		}
	}
	return strings.Join(vars, ", ")
}
