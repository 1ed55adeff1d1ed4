// Package exported compares the exported API of the public packages with a list, one
// declaration per line. The list changes only on purpose: a difference fails the test,
// and `make api` accepts it. CHANGELOG.md marks breaking changes.
package exported

import (
	"flag"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	module = "github.com/go-rados/go-rados/"
	list   = "../../../rados/testdata/exported.txt"
)

// public lists the public packages of each module, by the folder of the module.
var public = []struct {
	folder   string
	packages []string
}{
	{".", []string{"rados", "rados/radosio", "rados/radoslock", "rados/radosmem", "rados/radostest", "rados/radoswatch", "rados/striper"}},
	{"rados/otelrados", []string{"rados/otelrados"}},
	{"rados/promrados", []string{"rados/promrados"}},
}

var update = flag.Bool("update", false, "write the list anew")

func TestExported(t *testing.T) {
	var got []string
	for _, module := range public {
		for _, pkg := range packages(t, module.folder, module.packages) {
			got = append(got, declarations(pkg)...)
		}
	}
	if *update {
		require.NoError(t, os.WriteFile(list, []byte(strings.Join(got, "\n")+"\n"), 0o666))
	}
	text, err := os.ReadFile(list)
	require.NoError(t, err)
	want := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if message := complaint(want, got); message != "" {
		t.Error(message)
	}
}

// complaint describes the difference between two lists and how to accept it. It returns
// "" if they are equal.
func complaint(want, got []string) string {
	if slices.Equal(want, got) {
		return ""
	}
	gone, added := missing(want, got, "-"), missing(got, want, "+")
	diff := slices.Concat(gone, added)
	slices.SortFunc(diff, func(a, b string) int { return strings.Compare(a[1:], b[1:]) })
	return fmt.Sprintf("The exported API has changed: gone %d, new %d.\n\n%s\n\n"+
		"If that is meant: `make api` accepts it. Note it in CHANGELOG.md, which says what counts as breaking.",
		len(gone), len(added), strings.Join(diff, "\n"))
}

// missing returns the declarations that another list lacks, each after a sign.
func missing(list, another []string, sign string) (lines []string) {
	for _, decl := range list {
		if !slices.Contains(another, decl) {
			lines = append(lines, sign+decl)
		}
	}
	return lines
}

// packages returns packages of the module in folder from the export data of the compiler, which
// has the types and values that come from C.
func packages(t *testing.T, folder string, paths []string) []*types.Package {
	t.Helper()
	args := []string{"list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}"}
	for _, path := range paths {
		args = append(args, module+path)
	}
	list := exec.Command("go", args...)
	list.Dir = filepath.Join("../../..", folder)
	out, err := list.Output()
	require.NoError(t, err)
	files := make(map[string]string)
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		files[path] = file
	}
	compiled := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(files[path])
	})
	var packages []*types.Package
	for _, path := range paths {
		lookAt(t, path)
		pkg, err := compiled.Import(module + path)
		require.NoError(t, err)
		packages = append(packages, pkg)
	}
	return packages
}

// lookAt opens files so that `go test` does not cache the result when they change: it
// does not see the files that a started program reads.
func lookAt(t *testing.T, path string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../../..", path, "*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		_, err := os.Stat(file)
		require.NoError(t, err)
	}
}

// TestDeclarations expects a line for each kind of declaration.
func TestDeclarations(t *testing.T) {
	pkg := source(t, `package p

import "time"

const Typed Number = 1 << 63
const Text = "a\nb"
const hidden = 1

var Failure = oops("x")

type Number uint64
type Alias = Number
type oops string

func (oops) Error() string { return "" }

func New(name string, more ...int) (*Thing, error) { return nil, nil }
func unseen() {}

type Thing struct {
	Name  string
	Since time.Time
	inner
	secret func()
}

func (t *Thing) Do(f func(x int) bool) {}
func (t Thing) undo()                  {}

type Opaque struct{ secret func() }

type inner struct{ Depth int }

func (inner) Promoted() {}

type Doer interface {
	Do(f func(int) bool)
	hidden()
}

type Set[K comparable] struct{ Keys []K }

func (s Set[K]) Has(k K) bool { return false }

type Pair struct{ A, B int }
`)
	assert.Equal(t, []string{
		`pkg p, const Text untyped string = "a\nb"`,
		`pkg p, const Typed Number = 9223372036854775808`,
		`pkg p, func New(string, ...int) (*Thing, error)`,
		`pkg p, method (*Thing) Do(func(int) bool)`,
		`pkg p, method (Doer) Do(func(int) bool)`,
		`pkg p, method (Set[K]) Has(K) bool`,
		`pkg p, method (Thing) Promoted()`,
		`pkg p, method (oops) Error() string`,
		`pkg p, type Alias = Number`,
		`pkg p, type Doer interface`,
		`pkg p, type Doer interface, with unexported methods`,
		`pkg p, type Number uint64`,
		`pkg p, type Opaque struct`,
		`pkg p, type Opaque struct, with unexported fields`,
		`pkg p, type Pair struct`,
		`pkg p, type Pair struct, A int`,
		`pkg p, type Pair struct, B int`,
		`pkg p, type Set[K comparable] struct`,
		`pkg p, type Set[K comparable] struct, Keys []K`,
		`pkg p, type Set[K comparable] struct, not comparable`,
		`pkg p, type Thing struct`,
		`pkg p, type Thing struct, Depth int`,
		`pkg p, type Thing struct, Name string`,
		`pkg p, type Thing struct, Since time.Time`,
		`pkg p, type Thing struct, not comparable`,
		`pkg p, type Thing struct, with unexported fields`,
		`pkg p, type oops string`,
		`pkg p, var Failure oops`,
	}, declarations(pkg))
}

func TestComplaint(t *testing.T) {
	old := []string{"pkg p, func A()", "pkg p, func B()"}
	assert.Empty(t, complaint(old, slices.Clone(old)))
	message := complaint(old, []string{"pkg p, func A(int)", "pkg p, func B()", "pkg p, func C()"})
	for _, want := range []string{"gone 1, new 2", "-pkg p, func A()\n+pkg p, func A(int)\n", "+pkg p, func C()\n", "`make api`", "CHANGELOG.md"} {
		assert.Contains(t, message, want)
	}
}

// TestChangelog expects the changelog to use the known headings and to name existing
// functions.
func TestChangelog(t *testing.T) {
	text, err := os.ReadFile("../../../CHANGELOG.md")
	require.NoError(t, err)
	exported, err := os.ReadFile(list)
	require.NoError(t, err)
	_, current, found := strings.Cut(string(text), "\n## [Unreleased]\n")
	require.True(t, found)
	current, _, _ = strings.Cut(current, "\n## ")
	names := regexp.MustCompile("`([A-Z]\\w+)\\.([A-Z]\\w+)`").FindAllStringSubmatch(current, -1)
	assert.NotEmpty(t, names)
	for _, name := range names {
		assert.Regexp(t, `\(\*?`+name[1]+`\) `+name[2]+`\(`, string(exported))
	}
	headings := regexp.MustCompile(`(?m)^### (.*)$`).FindAllStringSubmatch(string(text), -1)
	assert.NotEmpty(t, headings)
	for _, h := range headings {
		assert.Contains(t, []string{"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}, h[1])
	}
}
