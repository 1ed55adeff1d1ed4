package role_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dave/jennifer/jen"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/role"
)

// TestHalves compares the data of each argument with its code.
func TestHalves(t *testing.T) {
	for name, p := range gentest.EveryPlan(t) {
		for _, m := range p.Methods {
			for _, call := range m.Calls {
				for _, a := range call.Args {
					t.Run(name+"/"+m.FullName()+"/"+a.Param.Name, func(t *testing.T) { compareHalves(t, a) })
				}
			}
		}
	}
}

var declaratorRE = regexp.MustCompile(`(\w+)(\[\w+\])?( = .*)?$`)

func compareHalves(t *testing.T, a *ir.Arg) {
	t.Helper()
	part, code := a.Part, role.Render(a)
	assert.Len(t, code.Results, len(part.Results), "results")
	assert.Len(t, code.Refuse, len(refusals(a)), "refusals")
	assert.Equal(t, part.Checked, code.Prepare != nil, "Checked, and Prepare")
	assert.Equal(t, part.Retried, code.RetryIf != "", "Retried, and RetryIf")
	if a.Async && len(part.Results) > 0 {
		assert.Equal(t, part.Stored, code.AfterAsync != nil, "Stored, and AfterAsync")
	}
	var declared []string
	for _, decl := range slices.Concat(code.ShimParams, code.Locals) {
		declared = append(declared, declaratorRE.FindStringSubmatch(decl)[1])
	}
	assert.Equal(t, declared, slices.Clone(part.CNames), "CNames, and what ShimParams and Locals declare")
	locals := slices.DeleteFunc(declares(t, code.Before), func(name string) bool {
		return slices.ContainsFunc(part.Results, func(r ir.Result) bool { return r.Name == name })
	})
	if part.Enters {
		locals = append(locals, role.EnteredShard(a)) // which package gogen declares
	}
	assert.ElementsMatch(t, locals, part.Locals, "Locals, and what Before declares")
}

// refusals returns the refusals of a whose condition its code has: a step notes an invalid
// argument instead.
func refusals(a *ir.Arg) []ir.Refusal {
	if a.Step {
		return nil
	}
	return a.Part.Refusals
}

// declares lists the variables that statements declare.
func declares(t *testing.T, statements []jen.Code) []string {
	t.Helper()
	var text strings.Builder
	for _, s := range statements {
		fmt.Fprintf(&text, "%#v\n", s)
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc f() {\n"+text.String()+"}", parser.SkipObjectResolution)
	require.NoError(t, err)
	var names []string
	for _, s := range file.Decls[0].(*ast.FuncDecl).Body.List {
		switch s := s.(type) {
		case *ast.AssignStmt:
			for _, left := range s.Lhs {
				if name, ok := left.(*ast.Ident); ok && s.Tok == token.DEFINE {
					names = append(names, name.Name)
				}
			}
		case *ast.DeclStmt:
			for _, of := range s.Decl.(*ast.GenDecl).Specs {
				for _, name := range of.(*ast.ValueSpec).Names {
					names = append(names, name.Name)
				}
			}
		}
	}
	return names
}
