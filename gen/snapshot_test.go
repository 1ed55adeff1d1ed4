package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/load"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
)

func TestSnapshot(t *testing.T) {
	enterTree(t)
	write(t, "x.h", "int rados_a(int n);\n")
	assert.Equal(t, "spec/api/99.2.txt: written, 1 functions\n", gen(t, "snapshot", "--release", "99.2", "x.h"))
	assert.Equal(t, "spec/api/99.2.txt: unchanged, 1 functions\n", gen(t, "snapshot", "--release", "99.2", "x.h"))
	assert.True(t, strings.HasSuffix(read(t, "spec/api/99.2.txt"), "\nfunc int rados_a(int n)\n"))

	_, err := tryGen("snapshot", "--release", "the newest", "x.h")
	assert.EqualError(t, err, `write snapshot: "the newest" is not a release, such as 14.2 or main`)
	assert.NoFileExists(t, "spec/api/the newest.txt")

	write(t, "empty.h", "int other_library(int n);\n")
	_, err = tryGen("snapshot", "--release", "99.4", "empty.h")
	assert.EqualError(t, err, "empty.h declares no function whose name begins with rados_", "D6")
	assert.NoFileExists(t, "spec/api/99.4.txt")

	write(t, "odd.h", "int rados_a(int n);\nint rados_print(const char *fmt, ...);\nint ceph_other(void);\n")
	assert.Equal(t, `spec/api/99.6.txt: written, 1 functions
odd.h:2:5: unsupported: rados_print: variable arguments are not supported
`, gen(t, "snapshot", "--release", "99.6", "odd.h"))
	assert.Contains(t, read(t, "spec/api/99.6.txt"), `
left-out ceph_other: its name does not begin with rados_
unsupported rados_print: variable arguments are not supported
`)

	for _, name := range gentest.Releases(t) {
		t.Run(name, func(t *testing.T) {
			path := gentest.HeaderOf(t, name)
			assert.Contains(t, gen(t, "snapshot", "--release", name, path), "txt: unchanged, ")
		})
	}
}

// TestNewRelease records a release with a new function, pastes the stanza that
// generate asks for, and is done.
func TestNewRelease(t *testing.T) {
	enterTree(t)
	before := newest(t)
	name := "98.2"
	if release.Compare(before, name) > 0 { // it has a name
		name = before + "-next"
	}
	takeInNewOne(t, before, name)

	_, err := tryGen("generate")
	require.Error(t, err)
	complaint, stanza, _ := strings.Cut(err.Error(), "\n")
	assert.Equal(t, "spec/bindings.yaml: rados_a_a_new_one of Ceph "+name+" has no entry; paste this below functions: and complete it", complaint)
	assert.Equal(t, `  # int rados_a_a_new_one(rados_t cluster, int *n)
  rados_a_a_new_one: {todo: "say go, private or skip"}`, stanza)

	assert.Contains(t, gen(t, "diff", before, name), "rados_a_a_new_one(rados_t cluster, int *n)\n              (not in the spec)\n")

	write(t, load.SpecFile, read(t, load.SpecFile)+stanza+"\n")
	assert.Contains(t, gen(t, "generate"), before+", "+name+": ")
	edit(t, load.SpecFile, `rados_a_a_new_one: {todo: "say go, private or skip"}`,
		"rados_a_a_new_one: {go: Conn.NewOne, waits: mon, args: {n: {as: out-value}}, doc: \"NewOne is new. {waits}\"}")
	gen(t, "generate")
	assert.Contains(t, read(t, "rados/zz_generated.go"), "// It needs the library of Ceph "+name+" or later.\n")
	assert.Contains(t, read(t, "rados/zz_library.h"), "int rados_a_a_new_one(rados_t cluster, int *n) __attribute__((weak));\n")
	assert.Contains(t, read(t, "docs/COVERAGE.md"), "| `rados_a_a_new_one` | `Conn.NewOne` |"+strings.Repeat(" absent |", len(gentest.Releases(t)))+" run-time | yes |\n")
}

// takeInNewOne records a release that is the one before it with one more function.
func takeInNewOne(t *testing.T, before, name string) {
	t.Helper()
	old := read(t, "spec/api/"+before+".txt")
	now := strings.Replace(old, "of Ceph "+before+",", "of Ceph "+name+",", 1)
	now = strings.Replace(now, "\nfunc ", "\nfunc int rados_a_a_new_one(rados_t cluster, int *n)\nfunc ", 1)
	write(t, "spec/api/"+name+".txt", now)
}

// TestUnreleased records what has a name instead of a number: D8.
func TestUnreleased(t *testing.T) {
	enterTree(t)
	before := newest(t)
	takeInNewOne(t, before, "zzz")
	write(t, "spec/api/98.2.txt", strings.Replace(read(t, "spec/api/"+before+".txt"), "of Ceph "+before+",", "of Ceph 98.2,", 1))
	_, err := tryGen("generate")
	assert.ErrorContains(t, err, "rados_a_a_new_one of Ceph zzz has no entry")
	edit(t, load.SpecFile, "\nfunctions:\n", "\nfunctions:\n  rados_a_a_new_one: {go: Conn.NewOne, waits: mon, args: {n: {as: out-value}}, doc: \"NewOne is new. {waits}\"}\n")
	assert.Regexp(t, ", 98.2, (.*, )?zzz: ", gen(t, "generate"), "names come after all numbers")
	assert.Contains(t, read(t, "rados/zz_generated.go"), "// It needs the library of Ceph zzz or later.\n")
	assert.Contains(t, gen(t, "diff", "98.2", "zzz"), "rados_a_a_new_one(rados_t cluster, int *n)\n")

	write(t, "x.h", "int rados_a(int n);\n")
	assert.Equal(t, "spec/api/main.txt: written, 1 functions\n", gen(t, "snapshot", "--release", "main", "x.h"))
}

// TestTakingInReleases goes back to when the oldest release was the newest, and takes in
// those that came then: new functions are named, suggestions are pasted, and the
// package builds.
func TestTakingInReleases(t *testing.T) {
	headers := map[string]string{}
	for _, name := range []string{"16.2", "18.2"} {
		headers[name] = gentest.HeaderOf(t, name)
	}
	enterTree(t)
	oldest := gentest.Releases(t)[0]
	for _, name := range gentest.Releases(t)[1:] {
		require.NoError(t, os.Remove("spec/api/"+name+".txt"))
	}
	api, err := snapshot(&load.Input{Folder: load.Folder}, oldest)
	require.NoError(t, err)
	today := read(t, load.SpecFile)
	write(t, load.SpecFile, backdated(t, api, today))
	gen(t, "generate")

	known := map[string]struct{ funcs, consts []string }{
		"16.2": {
			[]string{
				"rados_aio_create_completion2", "rados_blocklist_add", "rados_decode_notify_response", "rados_free_notify_response",
				"rados_mgr_command_target", "rados_set_pool_full_try", "rados_unset_pool_full_try", "rados_write_op_omap_rm_range2",
			},
			[]string{"LIBRADOS_LOCK_FLAG_MAY_RENEW", "LIBRADOS_LOCK_FLAG_MUST_RENEW", "LIBRADOS_OPERATION_RETURNVEC"},
		},
		"18.2": {
			[]string{"rados_aio_stat2", "rados_aio_write_op_operate2", "rados_read_op_stat2", "rados_stat2"},
			nil,
		},
	}
	for _, name := range gentest.Releases(t)[1:] {
		before := newest(t)
		recorded := read(t, filepath.Join(gentest.Root, load.SnapshotDir, name+".txt"))
		if headers[name] != "" {
			gen(t, "snapshot", "--release", name, headers[name])
			assert.Equal(t, recorded, read(t, filepath.Join(load.SnapshotDir, name+".txt")))
		} else {
			write(t, filepath.Join(load.SnapshotDir, name+".txt"), recorded)
		}
		_, err := tryGen("generate")
		if c, ok := known[name]; ok {
			require.Error(t, err)
			assert.Equal(t, c.funcs, named(err.Error()), "what generate says is new")
			assert.Equal(t, c.consts, constants(gen(t, "diff", before, name)), "what diff says is new")
		}
		if err != nil {
			paste(t, "functions", stanzas(t, err.Error(), today))
			paste(t, "skip", skipStanzas(err.Error()))
			gen(t, "generate")
		}
	}
	if testing.Short() {
		t.Skip("building the package takes some seconds")
	}
	buildTree(t, filepath.Dir(filepath.Dir(headers["18.2"])))
}

// backdated is a spec as it would have been when a release was the newest: a fallback
// stands for itself, and what came later is not there.
func backdated(t *testing.T, api *model.API, text string) string {
	t.Helper()
	var doc yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte(text), &doc))
	root := doc.Content[0]
	functions := value(root, "functions")
	for _, name := range keysOf(functions) {
		if api.Func(name) != nil {
			continue
		}
		renamed(root, functions, name)
		standIn(functions, value(functions, name))
		remove(functions, name)
	}
	completions := value(root, "completions")
	if api.Func(value(completions, "new").Value) == nil {
		value(completions, "new").Value = value(completions, "else").Value
		remove(completions, "else")
	}
	for _, name := range keysOf(functions) { // whose fallback is gone
		if fallback := value(value(functions, name), "else"); fallback != nil && api.Func(name) != nil {
			remove(value(functions, name), "else")
		}
	}
	for _, group := range value(root, "consts").Content {
		names := value(group, "names")
		for _, name := range keysOf(names) {
			if value(value(names, name), "is") == nil && !slices.ContainsFunc(api.Consts, stands(group, name)) {
				remove(names, name)
			}
		}
	}
	skips := value(root, "skip")
	for _, name := range keysOf(skips) {
		named := func(c *model.Const) bool { return c.Name == name }
		laidOut := func(s *model.Struct) bool { return s.Name == name }
		called := func(c *model.Callback) bool { return c.Name == name }
		if !slices.ContainsFunc(api.Consts, named) && !slices.ContainsFunc(api.Structs, laidOut) && !slices.ContainsFunc(api.Callbacks, called) {
			remove(skips, name)
		}
	}
	out, err := yaml.Marshal(&doc)
	require.NoError(t, err)
	return string(out)
}

// renamed has the fallback of a function, if there is one, take its place where it is named outside
// of its entry.
func renamed(root, functions *yaml.Node, name string) {
	var to []*yaml.Node
	for _, waits := range keysOf(value(root, "blocking")) {
		list := value(value(value(root, "blocking"), waits), "functions")
		if list == nil {
			continue
		}
		for _, item := range list.Content {
			if item.Value == name {
				to = append(to, item)
			}
		}
	}
	for _, other := range keysOf(functions) {
		if like := value(value(functions, other), "like"); like != nil && like.Value == name {
			to = append(to, like)
		}
	}
	for _, node := range to {
		node.Value = value(value(functions, name), "else").Value
	}
}

// stands returns a function that reports whether a constant is that of a name of a group.
func stands(group *yaml.Node, name string) func(*model.Const) bool {
	if c := value(value(value(group, "names"), name), "c"); c != nil {
		return func(decl *model.Const) bool { return decl.Name == c.Value }
	}
	flat := func(text string) string { return strings.ToUpper(strings.ReplaceAll(text, "_", "")) }
	want := flat(value(group, "c_prefix").Value + strings.TrimPrefix(name, value(group, "prefix").Value))
	return func(decl *model.Const) bool { return flat(decl.Name) == want }
}

// standIn has the fallback of an entry, if there is one, take its place, unless the fallback
// has a name of its own in Go.
func standIn(functions, entry *yaml.Node) {
	if !hasStandIn(functions, entry) {
		return
	}
	fallback := value(entry, "else").Value
	remove(functions, fallback)
	remove(entry, "else")
	functions.Content = append(functions.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: fallback}, entry)
}

// hasStandIn says that an older function gives the Go name of this one.
func hasStandIn(functions, entry *yaml.Node) bool {
	fallback := value(entry, "else")
	return fallback != nil && value(functions, fallback.Value) == nil
}

func keysOf(mapping *yaml.Node) []string {
	if mapping == nil {
		return nil
	}
	var keys []string
	for i := 0; i < len(mapping.Content); i += 2 {
		keys = append(keys, mapping.Content[i].Value)
	}
	return keys
}

func value(mapping *yaml.Node, key string) *yaml.Node {
	if i := slices.Index(keysOf(mapping), key); i >= 0 && mapping.Kind == yaml.MappingNode {
		return mapping.Content[2*i+1]
	}
	return nil
}

func remove(mapping *yaml.Node, key string) {
	if i := slices.Index(keysOf(mapping), key); i >= 0 {
		mapping.Content = slices.Delete(mapping.Content, 2*i, 2*i+2)
	}
}

var stanzaRE = regexp.MustCompile(`(?m)^  (rados_\w+): (\{todo: .*\})$`)

// named lists the functions for which a diagnostic has a stanza.
func named(diagnostics string) []string {
	var names []string
	for _, match := range stanzaRE.FindAllStringSubmatch(diagnostics, -1) {
		names = append(names, match[1])
	}
	slices.Sort(names)
	return names
}

// stanzas are the lines to paste below functions:, as they were printed; but what
// hand-written files have come to need is completed as today.
func stanzas(t *testing.T, diagnostics, today string) string {
	t.Helper()
	var doc yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte(today), &doc))
	functions := value(doc.Content[0], "functions")
	var lines []string
	completed := ""
	matches := stanzaRE.FindAllStringSubmatch(diagnostics, -1)
	for _, match := range matches {
		entry := value(functions, match[1])
		if name := goName(match[1], entry); name != "" && !hasStandIn(functions, entry) {
			entry.Style = yaml.FlowStyle
			text, err := yaml.Marshal(entry)
			require.NoError(t, err)
			line := "  " + match[1] + ": " + strings.ReplaceAll(strings.TrimSpace(string(text)), "\n", " ")
			completed += line + " " + strings.Replace(match[1], "aio_", "", 1) + "\n"
			lines = append(lines, line)
		}
	}
	for _, match := range matches {
		mentioned := regexp.MustCompile(`\b` + match[1] + `\b`).MatchString(completed)
		if !mentioned { // by the completed entries, which need it
			lines = append(lines, match[0])
		}
	}
	return strings.Join(lines, "\n")
}

// goName is the name of what hand-written files use of an entry: a private method, or one
// that has a form for tasks.
func goName(c string, entry *yaml.Node) string {
	if private := value(entry, "private"); private != nil {
		return private.Value
	}
	if strings.HasPrefix(c, "rados_aio_") && value(entry, "go") != nil {
		return value(entry, "go").Value
	}
	return ""
}

var skipStanzaRE = regexp.MustCompile(`(?m)^  ((?:struct )?\w+): say why$`)

// skipStanzas are the lines to paste below skip:, as they were printed.
func skipStanzas(diagnostics string) string {
	return strings.Join(skipStanzaRE.FindAllString(diagnostics, -1), "\n")
}

// paste puts lines at the beginning of a section of the spec.
func paste(t *testing.T, section, text string) {
	t.Helper()
	if text == "" {
		return
	}
	spec, head := read(t, load.SpecFile), "\n"+section+":\n"
	require.Contains(t, spec, head)
	indent := regexp.MustCompile(`(?m)` + head + `( +)`).FindStringSubmatch(spec)[1]
	text = regexp.MustCompile(`(?m)^ +`).ReplaceAllString(text, indent)
	write(t, load.SpecFile, strings.Replace(spec, head, head+text+"\n", 1))
}

var addedConstRE = regexp.MustCompile(`(?m)^  (?:enum|macro) +(LIBRADOS_\w+) `)

func constants(diff string) []string {
	var names []string
	for _, match := range addedConstRE.FindAllStringSubmatch(diff, -1) {
		names = append(names, match[1])
	}
	slices.Sort(names)
	return names
}

// buildTree builds the package as it was generated here, with the hand-written files of
// the project.
func buildTree(t *testing.T, include string) {
	t.Helper()
	for _, file := range []string{"go.mod", "go.sum"} {
		write(t, file, read(t, filepath.Join(gentest.Root, file)))
	}
	copyHandwritten(t, ".", "rados")
	require.NoError(t, os.RemoveAll("internal")) // no build needs the generated files in it
	require.NoError(t, os.CopyFS("internal", os.DirFS(filepath.Join(gentest.Root, "internal"))))
	cmd := exec.Command("go", "build", "./rados")
	cmd.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=1", "GOFLAGS=-mod=mod", "CGO_CFLAGS=-I"+include)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
}
