package check

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
)

// names makes sure that each Go name is the only one of its kind and documented.
// A private one is for the hand-written files of the package.
func (k *checker) names() {
	first := make(map[string]model.Pos)
	for _, n := range k.Names {
		if pos, ok := first[n.Go]; ok {
			k.diags.Add(n.Pos, "two things are called %s in Go; the first is at %s", n.Go, pos)
			continue
		}
		first[n.Go] = n.Pos
		k.name(n)
	}
}

func (k *checker) name(n ir.Name) {
	_, last, isMethod := strings.Cut(n.Go, ".")
	if !isMethod {
		last = n.Go
	}
	exported := token.IsIdentifier(last) && token.IsExported(last)
	switch {
	case n.Public && !exported:
		k.diags.Add(n.Pos, "%q is no name of something public in Go", last)
	case !n.Public && (!token.IsIdentifier(last) || exported):
		k.diags.Add(n.Pos, "%q is no name of something private in Go", last)
	case IsTaken(k.Plan, n.Go):
		k.diags.Add(n.Pos, "%s is something else in the generated code already; say another name", n.Go)
	}
	switch {
	case n.Doc == "":
		k.diags.Add(n.Pos, "%s has no doc", n.Go)
	case !beginsWith(n.Doc, last):
		word, _, _ := strings.Cut(n.Doc, " ")
		k.diags.Add(n.Pos, "the doc of %s must begin with %q, not %q", n.Go, last, word)
	}
}

// beginsWith reports whether the first word of text is word.
func beginsWith(text, word string) bool {
	rest, ok := strings.CutPrefix(text, word)
	next, _ := utf8.DecodeRuneInString(rest)
	return ok && !unicode.IsLetter(next) && !unicode.IsDigit(next)
}

// IsTaken reports whether the generated code has something of its own of that name, TYPE.NAME
// for a method.
func IsTaken(p *ir.Plan, full string) bool {
	if of, name, isMethod := strings.Cut(full, "."); isMethod {
		return slices.Contains(memberNames, name) || receiverType(p, of)
	}
	return slices.Contains(packageNames, full) || lifeCycle(p, full) || receiverType(p, full)
}

// receiverType reports whether that is the name of a type that stores the outcome of steps.
func receiverType(p *ir.Plan, name string) bool {
	return slices.ContainsFunc(p.StepResults, func(r *ir.StepResult) bool { return r.ReceiverType() == name })
}

// lifeCycle reports whether that is the name of what makes or frees a handle.
func lifeCycle(p *ir.Plan, name string) bool {
	return slices.ContainsFunc(p.Handles, func(h *ir.Handle) bool {
		return h.Go != "" && slices.Contains([]string{"new", "free"}, strings.TrimSuffix(name, title(h.Go)))
	})
}

func title(name string) string {
	return strings.ToUpper(name[:min(1, len(name))]) + name[min(1, len(name)):]
}

// The names that the generated code and its run time declare themselves: in each type with a
// C object, and in the package.
var (
	memberNames = []string{
		"blocking", "changed", "owner", "state", "enter", "enterSetup", "exit", "refs", "handle", "admission", "object", "outcome", "recorder",
		"settings", "steps",
	}
	packageNames = []string{
		"asError", "bytesPointer", "content", "errnoVariables", "markEvents", "nextEvents", "ownBytes", "stateError", "stringPointer",
		"callState", "callbacks", "calls", "handles", "takeBuffer", "takeOwned", "takeOwnedString", "codeResult",
		"errnoText", "filled", "olderTasks", "hasCode", "finishCall", "init", "isErrno", "loadedRelease", "missingFunctions", "releases", "shimErrors", "yield", "takeBufferInto", "takeBufferString", "takeTexts", "tooOld",
	}
)

// typeNamed makes sure that text is a type that Go code may name.
func (k *checker) typeNamed(pos model.Pos, text string) {
	if text == "" {
		return
	}
	if expr, err := parser.ParseExpr(text); err != nil || !k.isGoType(expr) {
		known := []string{"time.Time", "time.Duration", "netip.AddrPort"}
		for _, t := range k.Types {
			known = append(known, t.Go)
		}
		k.diags.Hint(pos, diag.DidYouMean(text, known), "there is no Go type %s", text)
	}
}

func (k *checker) isGoType(expr ast.Expr) bool {
	switch e := expr.(type) {
	case *ast.Ident:
		known := func(t *ir.Type) bool { return t.Go == e.Name }
		_, predeclared := types.Universe.Lookup(e.Name).(*types.TypeName)
		isHandle := func(h *ir.Handle) bool { return h.Go == e.Name }
		return predeclared || slices.ContainsFunc(k.Types, known) || slices.ContainsFunc(k.Handles, isHandle)
	case *ast.FuncType:
		takesEvent := len(e.Params.List) == 1 && isEvent(e.Params.List[0].Type)
		return takesEvent && e.Results == nil
	case *ast.StarExpr:
		return k.isGoType(e.X)
	case *ast.ArrayType:
		_, isFixed := e.Len.(*ast.BasicLit)
		return (e.Len == nil || isFixed) && k.isGoType(e.Elt)
	case *ast.MapType:
		return k.isGoType(e.Key) && k.isGoType(e.Value)
	case *ast.SelectorExpr:
		pkg, ok := e.X.(*ast.Ident)
		imported := k.Library.Parent != "" && pkg.Name == path.Base(k.Library.Parent)
		return ok && (imported || slices.Contains([]string{"C", "netip", "time", "unsafe"}, pkg.Name))
	}
	return false
}

// isEvent reports whether expr is the type of what a callback is called with.
func isEvent(expr ast.Expr) bool {
	e, ok := expr.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := e.X.(*ast.Ident)
	return ok && pkg.Name == "callback" && e.Sel.Name == "Event"
}

// bodyNames are the names that the body of a method uses itself.
var bodyNames = []string{
	"receiver", "err", "shard", "other", "ret", "step",
	"_", "each", "rec", "float32", "float64", "iovec",
	"C", "bytes", "cmdline", "errors", "fmt", "handle", "netip", "runtime", "oplog", "record", "replay", "slices", "syscall", "time", "unsafe", "wire",
	"asError", "bytesPointer", "callback", "callbacks", "hasCode", "stringPointer", "takeBuffer", "takeBufferInto", "takeBufferString", "takeTexts", "withArgument",
	"takeOwned", "takeOwnedString", "codeResult",
	"append", "bool", "byte", "error", "false", "int", "int16", "int32", "int64", "int8", "len", "map", "nil",
	"string", "true", "uint", "uint16", "uint32", "uint64", "uint8", "uintptr",
}

// asyncNames are the names that the other forms of an asynchronous method use.
var asyncNames = []string{
	"call", "ctx", "read", "state", "started",
	"admit", "callErrors", "callState", "caller", "aio", "cmp", "context", "copy", "detach", "filled", "make", "min", "made",
}

// blockingNames are the names that the forms of a method that may wait without a completion use.
var blockingNames = []string{
	"caller", "ctx", "filled", "made", "once", "room",
	"admit", "bytes", "checkContext", "cloneList", "cloneValue", "context", "detach", "throttle",
}

// taskNames are the names that a method which makes a Task uses, and the methods of the type of its
// arguments.
var taskNames = []string{"a", "t", "newTask", "fills", "finish", "named", "op", "start"}

// Taken lists the names that the body of m uses itself.
func Taken(m *ir.Method) []string {
	taken := slices.Clone(bodyNames)
	if m.Recv != nil {
		taken = append(taken, m.Recv.Receiver)
	}
	if m.Imports() != nil {
		taken = append(taken, "shared")
	}
	if m.Replaces() != nil {
		taken = append(taken, "context", "ctx", "own", "replacement")
	}
	if m.Blocking() {
		taken = append(taken, blockingNames...)
	}
	if m.Async {
		taken = append(taken, asyncNames...)
	}
	if m.Task {
		taken = append(taken, taskNames...)
		taken = append(taken, m.TaskArgs())
	}
	if m.Calls != nil && m.Adopts() != nil {
		taken = append(taken, "made")
		if m.Async || m.Blocking() {
			taken = append(taken, m.Adopts().Go)
		}
	}
	if m.Calls != nil && m.Ret().Answers {
		taken = append(taken, "code")
	}
	if m.ErrorForms != nil {
		taken = append(taken, ir.OptionsName)
	}
	if m.Replay != "" && m.Recv != nil {
		taken = append(taken, m.Recv.Go)
	}
	if m.Struct != nil {
		taken = append(taken, m.Struct.Go)
		if m.Async || m.Blocking() || m.Ret().Field != "" { // which have the struct in a variable
			taken = append(taken, ir.Unexported(m.Struct.Go))
		}
	}
	if m.StepResult != nil {
		taken = append(taken, "result", m.StepResult.Go, m.StepResult.ReceiverType())
	}
	return taken
}

// variables makes sure that no two things have one name in the method.
func (k *checker) variables(m *ir.Method) {
	taken := append(Taken(m), k.packageLevel()...)
	claim := func(pos model.Pos, name string) {
		switch {
		case !token.IsIdentifier(name):
			k.diags.Add(pos, "%s: nothing can be called %q in Go; say another name", m.FullName(), name)
		case slices.Contains(taken, name):
			k.diags.Add(pos, "%s: something else is called %s already; say another name", m.FullName(), name)
		}
		taken = append(taken, name)
	}
	for _, a := range m.ShimArgs() {
		for _, p := range a.Part.Params {
			claim(a.Pos, p.Name)
		}
		for _, r := range a.Part.Results {
			claim(a.Pos, r.Name)
		}
		for _, name := range a.Part.Locals {
			claim(a.Pos, name)
		}
	}
	for i, name := range m.ResultNames {
		if name != "err" || i+1 < len(m.ResultNames) || !m.HasError {
			claim(m.Pos, name)
		}
	}
}

// packageLevel returns the names that a method may use because of the spec: those of types,
// constants and errors, and of what makes handles.
func (k *checker) packageLevel() []string {
	var names []string
	for _, t := range k.Types {
		names = append(names, t.Go)
	}
	names = append(names, k.constNames()...)
	for _, e := range k.Errors {
		names = append(names, e.Go)
	}
	for _, h := range k.Handles {
		names = append(names, "new"+title(h.Go))
	}
	return names
}
