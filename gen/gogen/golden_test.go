package gogen_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/role"
	"github.com/go-rados/go-rados/gen/spec"
)

func TestGolden(t *testing.T) {
	base := gentest.Load(t, "base")
	known := make(map[string]bool)
	for _, m := range gentest.Plan(t, base).Methods {
		known[m.FullName()] = true
	}
	for _, g := range gentest.LoadAll(t) {
		t.Run(g.Name, func(t *testing.T) {
			p := gentest.Plan(t, base, g)
			code := parseGo(t, gentest.Render(t, p).Go)
			var want strings.Builder
			for _, h := range p.Handles {
				if h.Pos.File == g.Name+".yaml" {
					want.WriteString(code.handle(h, p))
				}
			}
			for _, r := range p.StepResults {
				want.WriteString(code.cut(func(name string) bool { return slices.Contains(r.Named(), name) }))
			}
			for _, group := range p.Consts {
				if group.String != "" {
					want.WriteString(code.cut(func(name string) bool { return name == group.Type+".String" }))
				}
			}
			for _, m := range p.Methods {
				if !known[m.FullName()] {
					want.WriteString(code.method(m))
				}
			}
			gentest.Compare(t, filepath.Join(gentest.Goldens, g.Name, "want.go.txt"), want.String())
		})
	}
}

// A goFile is the generated Go file.
type goFile struct {
	t     *testing.T
	text  string
	fset  *token.FileSet
	decls []ast.Decl
}

func parseGo(t *testing.T, text string) *goFile {
	t.Helper()
	f := &goFile{t: t, text: text, fset: token.NewFileSet()}
	file, err := parser.ParseFile(f.fset, "zz_generated.go", text, parser.ParseComments|parser.SkipObjectResolution)
	require.NoError(t, err)
	f.decls = file.Decls
	return f
}

// cut cuts the functions and types that are wanted out of the file, with their
// comments. A method is called TYPE.NAME.
func (f *goFile) cut(wanted func(name string) bool) string {
	var b strings.Builder
	for _, decl := range f.decls {
		name, doc := declared(decl)
		if !wanted(name) {
			continue
		}
		from := decl.Pos()
		if doc != nil {
			from = doc.Pos()
		}
		b.WriteString(f.text[f.fset.Position(from).Offset:f.fset.Position(decl.End()).Offset] + "\n\n")
	}
	return b.String()
}

// declared is the name of a function or type, and its comment.
func declared(decl ast.Decl) (name string, doc *ast.CommentGroup) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return d.Name.Name, d.Doc
		}
		recv := d.Recv.List[0].Type
		if star, ok := recv.(*ast.StarExpr); ok {
			recv = star.X
		}
		return recv.(*ast.Ident).Name + "." + d.Name.Name, d.Doc
	case *ast.GenDecl:
		if d.Tok == token.TYPE {
			return d.Specs[0].(*ast.TypeSpec).Name.Name, d.Doc
		}
	}
	return "", nil
}

// method cuts out the method m and its other forms.
func (f *goFile) method(m *ir.Method) string {
	f.t.Helper()
	text := f.cut(func(name string) bool { return slices.Contains(formsOf(m), name) })
	require.NotEmpty(f.t, text, "%s is not in the generated file", m.FullName())
	return text
}

// handle cuts out the type of h and all that belongs to it, except the methods.
func (f *goFile) handle(h *ir.Handle, p *ir.Plan) string {
	methods := make(map[string]bool)
	for _, m := range p.Methods {
		methods[m.FullName()] = true
	}
	title := strings.ToUpper(h.Go[:1]) + h.Go[1:]
	return f.cut(func(name string) bool {
		return name == h.Go || name == "new"+title || name == "free"+title ||
			strings.HasPrefix(name, h.Go+".") && !methods[name]
	})
}

// TestGoldenForEach has a golden that uses it for each word of the vocabulary.
func TestGoldenForEach(t *testing.T) {
	used := make(map[string]bool)
	p := gentest.Plan(t, gentest.WithBase(t)...)
	alone := gentest.Plan(t, gentest.Load(t, "in-handle"))
	for _, m := range slices.Concat(p.Methods, alone.Methods) {
		if strings.HasPrefix(m.Pos.File, "base") {
			continue
		}
		used["start:"] = used["start:"] || m.Start
		used["tasks:"] = used["tasks:"] || m.Task
		used["no_task:"] = used["no_task:"] || m.NoTask != ""
		used["older_task:"] = used["older_task:"] || m.OlderTask != ""
		used["private:"] = used["private:"] || m.Private()
		used["unguarded:"] = used["unguarded:"] || m.Access == ir.Unguarded
		used["replay:"] = used["replay:"] || m.Replay != ""
		used["with:"] = used["with:"] || m.With != nil
		used["waits:"] = used["waits:"] || m.Acquires()
		used["admitted:"] = used["admitted:"] || m.Admitted
		used["before:"] = used["before:"] || m.Before != nil
		used["fresh_map:"] = used["fresh_map:"] || m.FreshMap != nil
		used["error_forms:"] = used["error_forms:"] || m.ErrorForms != nil
		used["result:"] = used["result:"] || m.StepResult != nil
		if m.StepResult != nil {
			for _, v := range m.StepResult.Values {
				used["is: "+string(v.Is)] = true
			}
		}
		used["op_new:"] = used["op_new:"] || m.Access == ir.Record
		for _, call := range m.Calls {
			used["ret: "+call.Ret.Name] = true
			for _, a := range call.Args {
				used["role "+a.Role] = true
			}
		}
	}
	for _, it := range p.Iterators {
		for _, a := range it.Call.Args {
			used["role "+a.Role] = true
		}
	}
	for _, word := range []string{"start:", "tasks:", "no_task:", "older_task:", "private:", "unguarded:", "replay:", "with:", "before:", "fresh_map:", "error_forms:", "op_new:", "result:", "waits:", "admitted:"} {
		assert.True(t, used[word], "no golden says %s", word)
	}
	for _, value := range stepValues(t) {
		assert.True(t, used["is: "+value], "no golden has a result with is: %s", value)
	}
	assert.NotEmpty(t, p.Iterators, "no golden has iterators:")
	for _, name := range role.Names() {
		assert.True(t, used["role "+name], "no golden uses the role %s: add gen/testdata/%s with input.h and spec.yaml, "+
			"then go test ./gen/gogen -update, and read what it wrote", name, name)
	}
	for _, name := range role.RetNames() {
		assert.True(t, used["ret: "+name], "no golden uses ret: %s: add gen/testdata/ret-%s with input.h and spec.yaml, "+
			"then go test ./gen/gogen -update, and read what it wrote", name, name)
	}
}

// stepValues lists what a value of a result can be.
func stepValues(t *testing.T) []string {
	root, err := spec.Describe()
	require.NoError(t, err)
	for _, s := range root.Sections() {
		for _, k := range s.Keys {
			if s.Name == "values" && k.Name == "is" {
				return k.Values
			}
		}
	}
	require.Fail(t, "a value of a result has no key is")
	return nil
}

// errorGo stands for the hand-written file that the generated one needs.
const errorGo = `package rados

import (
	"context"
	"errors"
	"sync"
	"syscall"
	"unsafe"

	"github.com/go-rados/go-rados/internal/admit"
	"github.com/go-rados/go-rados/internal/aio"
	"github.com/go-rados/go-rados/internal/background"
	"github.com/go-rados/go-rados/internal/callback"
	"github.com/go-rados/go-rados/internal/oplog"
)

var callbacks = callback.NewRegistry(nextEvents, markEvents, new(background.Connections))

type MissingFunctionError struct{ Function, Since, Until string }

type Tracer interface{}
type span struct{}

func (*span) end(n *int, err *error) {}
func (*Conn) traced() bool { return false }
func (*Conn) trace(ctx *context.Context, op, subject string, bytes int) *span { return nil }
func (*IOContext) traced() bool { return false }
func (*IOContext) trace(ctx *context.Context, op, subject string, bytes int) *span { return nil }

func (*MissingFunctionError) Error() string { return "" }
func (e radosError) text() string { return errnoText(int(-e)) }

func (*Conn) latestMap(context.Context) error { return nil }
func (*Conn) checkMenu(string) error { return nil }
func (*Conn) checkDefaultMenu() error { return nil }
func (*Conn) checkMeal(size, name string) error { return nil }

// conn admits all calls.
var conn = sync.OnceValue(func() *admit.Conn {
	c := &admit.Conn{}
	c.Init(handles.New(nil, func(unsafe.Pointer) {}, nil), calls, &callErrors)
	return c
})

func (ioctx *IOContext) caller() admit.Caller { return admit.Caller{Conn: conn(), Handle: ioctx.handle} }
func (ioctx *IOContext) startCall(ctx context.Context, bytes int) (*aio.Call, error) {
	return ioctx.caller().Start(ctx, bytes)
}
func (ioctx *IOContext) startDetached(ctx context.Context, bytes int) (*aio.Call, error) {
	return ioctx.caller().StartDetached(ctx, bytes)
}
func (ioctx *IOContext) startUntilCallback(ctx context.Context) (*aio.Call, error) {
	return ioctx.caller().StartUntilCallback(ctx)
}
func (ioctx *IOContext) startUnguarded(ctx context.Context) (*aio.Call, error) {
	return ioctx.caller().StartUnguarded(ctx)
}
func (ioctx *IOContext) waitCall(ctx context.Context, call *aio.Call, started int64) int64 {
	return ioctx.caller().Wait(ctx, call, started)
}
func (ioctx *IOContext) waitDetached(ctx context.Context, call *aio.Call, started int64) int64 {
	return ioctx.caller().Wait(context.Background(), call, started)
}
func (ioctx *IOContext) finish(ctx context.Context, call *aio.Call, ret int64) error {
	return ioctx.caller().Finish(ctx, call, ret)
}
func (ioctx *IOContext) finishSent(ctx context.Context, call *aio.Call, oid string, ret int64) error {
	return ioctx.finish(ctx, call, ret)
}

func (*Conn) wrap(what, pool string, err error) error { return err }
func (*IOContext) wrap(what, oid string, err error) error { return err }
var callErrors = admit.Errors{FromCode: asError, Canceled: radosError(-int(syscall.ECANCELED)), Unknown: errors.New("unknown")}
func checkContext(ctx context.Context) error { return nil }
func cloneList(list [][]byte) [][]byte { return list }
func cloneValue[T any](p *T) *T { return p }
func wrapStep(steps *oplog.Recorder, op string, err error) error { return err }
func withArgument[T any](err error, noun string, value T) error { return err }
func errorCode(err error) int { return 0 }

type Task struct {
	Object string
	N      int
	ioctx  *IOContext
}

type Tasks struct{ ioctx *IOContext }

func (ioctx *IOContext) Tasks() Tasks { return Tasks{ioctx} }
func (t *Task) older() *Task          { return t }

func newTask[A any, P interface {
	*A
	op() string
	bytes() int
	start(*Task, *aio.Call) int64
	finish(context.Context, *Task, *aio.Call, int64) error
}](ioctx *IOContext, oid string, args A) *Task {
	return nil
}
`

// goldensGo has the hand-written methods of the handles of goldens.
const goldensGo = `
func (*Depot) traced() bool { return false }
func (*Depot) trace(ctx *context.Context, op, subject string, bytes int) *span { return nil }
func (*Bay) traced() bool { return false }
func (*Bay) trace(ctx *context.Context, op, subject string, bytes int) *span { return nil }
func (*Depot) wrap(what, pool string, err error) error { return err }
func (*Bay) wrap(what, oid string, err error) error { return err }
func (*Bay) put(hook string) {}
func (*Shelf) wrap(what, oid string, err error) error { return err }
func (s *Shelf) copyWith(setting string, set func(*Shelf) error) (*Shelf, error) { return s, set(s) }
`

// TestGoldensCompile builds all goldens as one package, with the warnings of
// the C compiler as errors: once with the header of each release.
func TestGoldensCompile(t *testing.T) {
	if testing.Short() {
		t.Skip("builds with cgo")
	}
	goldens := gentest.WithBase(t)
	files := gentest.Render(t, gentest.Plan(t, goldens...)).Files()
	older, newer := gentest.Headers(goldens)
	dir := t.TempDir()
	write := func(path, text string) {
		path = filepath.Join(dir, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
	}
	write("go.mod", "module github.com/go-rados/go-rados\n\ngo 1.24\n")
	for name, text := range files {
		write("rados/"+name, text)
	}
	write("rados/error.go", errorGo+goldensGo)
	write("older/rados/librados.h", older)
	write("newer/rados/librados.h", newer)
	copyRunTime(t, dir)
	for _, include := range []string{"older", "newer"} {
		gentest.CompileAllC(t, dir, filepath.Join(dir, include))
	}
	cmd := exec.Command("go", "build", "-C", dir, "./rados")
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "CGO_ENABLED=1", "CGO_CFLAGS=-I"+filepath.Join(dir, "newer"))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
}

// copyRunTime copies the run time of generated code into a module in dir: the packages that it
// imports, and its files in package rados.
func copyRunTime(t *testing.T, dir string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(gentest.Root, "internal/*/*.go"))
	require.NoError(t, err)
	for _, path := range paths {
		pkg := filepath.Base(filepath.Dir(path))
		if pkg == "test" || strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "internal", pkg), 0o777))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "internal", pkg, filepath.Base(path)), text, 0o666))
	}
	for _, name := range []string{"cgo.go", "errno.go"} {
		text, err := os.ReadFile(filepath.Join(gentest.Root, "rados", name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "rados", name), text, 0o666))
	}
}
