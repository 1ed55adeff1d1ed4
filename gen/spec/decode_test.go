package spec_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/spec"
)

// badSpecs has a slip of each kind, and what is said of it, place and all.
var badSpecs = []struct{ name, yaml, want string }{
	{"empty file", "", `s.yaml:1:1: the spec is empty`},
	{"only a comment", `# nothing`, `s.yaml:1:1: the spec is empty`},
	{"null", `~`, `s.yaml:1:1: the spec is empty`},
	{"list at the top", `- functions`, `s.yaml:1:1: the spec must be a mapping, not a list`},
	{"text at the top", `functions`, `s.yaml:1:1: the spec must be a mapping, not "functions"`},
	{
		"no YAML", `functions:
  rados_a: {go: A`,
		`s.yaml:1: no valid YAML: did not find expected ',' or '}'`,
	},
	{
		"tab", "functions:\n\trados_a: {go: A}",
		`s.yaml:2: no valid YAML: found character that cannot start any token`,
	},
	{
		"two documents", `functions: {}
---
functions: {}`,
		`s.yaml:2:1: a second document begins here; the spec is a single one`,
	},
	{
		"second document is no YAML", `functions: {}
---
{`,
		`s.yaml:3: no valid YAML: did not find expected node content`,
	},
	{
		"anchor", `functions:
  rados_a: &a {go: A}`,
		`s.yaml:2:12: anchors are not supported: write out what &a stands for`,
	},
	{
		"alias", `functions:
  rados_a: {skip: *why}`,
		`s.yaml: no valid YAML: unknown anchor 'why' referenced`,
	},
	{
		"anchor and alias", `functions:
  rados_a: &a {go: A}
  rados_b: *a`,
		`s.yaml:2:12: anchors are not supported: write out what &a stands for`,
	},
	{
		"anchor that contains itself", `functions:
  rados_a: &a [*a]`,
		`s.yaml:2:12: anchors are not supported: write out what &a stands for`,
	},
	{
		"merge key", `functions:
  rados_a: {<<: {go: A}}`,
		`s.yaml:2:3: rados_a has no disposition: say go, private, skip or todo
s.yaml:2:13: unknown key "<<" in function rados_a
  known are admitted, args, before, before_connect, changes, completes_on_callback, detached, doc, else, env, forms, fresh_map, go, modifies_previous, private, replay, result_names, ret, returns_struct, skip, supersedes, sync, todo, undo, unguarded, waits`,
	},
	{
		"key of the spec", `funktions: {}`,
		`s.yaml:1:1: unknown key "funktions" in the spec
  did you mean "functions"?`,
	},
	{
		"key of the spec, nothing near", `stuff: {}`,
		`s.yaml:1:1: unknown key "stuff" in the spec
  known are blocking, buffers, completions, consts, defaults, errors, functions, handles, iterators, methods, types`,
	},
	{
		"key of a handle", `handles:
  rados_t: {go: Conn, reciever: c}`,
		`s.yaml:2:23: unknown key "reciever" in handle rados_t
  did you mean "receiver"?`,
	},
	{
		"key of buffers", `buffers: {fre: rados_f}`,
		`s.yaml:1:11: unknown key "fre" in buffers
  did you mean "free"?`,
	},
	{
		"key of a type", `types:
  Size: {si: int}`,
		`s.yaml:2:10: unknown key "si" in type Size
  known are doc, fields, is, struct`,
	},
	{
		"key of a field", `types:
  Size:
    fields:
      Bytes: {typ: int}`,
		`s.yaml:4:15: unknown key "typ" in field Size.Bytes
  did you mean "type"?`,
	},
	{
		"key of a group of consts", `consts:
  - {dok: x}`,
		`s.yaml:2:6: unknown key "dok" in a group of consts
  known are names, type`,
	},
	{
		"key of a const", `consts:
  - names:
      A: {cc: X}`,
		`s.yaml:3:11: unknown key "cc" in const A
  did you mean "c"?`,
	},
	{
		"key of an error", `errors:
  ErrA: {errn: EIO}`,
		`s.yaml:2:10: unknown key "errn" in error ErrA
  did you mean "errno"?`,
	},
	{
		"key of a function", `functions:
  rados_a: {go: A, arg: {}}`,
		`s.yaml:2:20: unknown key "arg" in function rados_a
  did you mean "args"?`,
	},
	{
		"key of a form", `functions:
  rados_a:
    go: A
    forms:
      B: {ret: errno}`,
		`s.yaml:5:11: unknown key "ret" in form B
  known are args, before, doc`,
	},
	{
		"key of an argument", `functions:
  rados_a:
    go: A
    args: {buf: {az: fill}}`,
		`s.yaml:4:18: unknown key "az" in argument buf
  did you mean "as"?`,
	},
	{
		"key of ret", `functions:
  rados_a: {go: A, ret: {is: errno}}`,
		`s.yaml:2:26: unknown key "is" in ret
  did you mean "as"?`,
	},
	{
		"key of a method", `methods:
  A: {stepps: []}`,
		`s.yaml:2:7: unknown key "stepps" in method A
  did you mean "steps"?`,
	},
	{
		"key of a step", `methods:
  A: {steps: [{call: rados_a, return: errno}]}`,
		`s.yaml:2:31: unknown key "return" in a step of A
  did you mean "ret"?`,
	},
	{"functions are a list", `functions: [rados_a]`, `s.yaml:1:12: functions must be a mapping, not a list`},
	{"functions are nothing", `functions:`, `s.yaml:1:11: functions must be a mapping, not nothing`},
	{
		"function is a text", `functions:
  rados_a: skip`,
		`s.yaml:2:12: function rados_a must be a mapping, not "skip"`,
	},
	{
		"function is nothing", `functions:
  rados_a:`,
		`s.yaml:2:11: function rados_a must be a mapping, not nothing`,
	},
	{
		"text is a list", `functions:
  rados_a: {skip: [why]}`,
		`s.yaml:2:19: skip must be a text, not a list`,
	},
	{
		"text is a mapping", `functions:
  rados_a: {go: A, doc: {x: y}}`,
		`s.yaml:2:25: doc must be a text, not a mapping`,
	},
	{
		"text is null", `functions:
  rados_a: {skip: ~}`,
		`s.yaml:2:19: skip must be a text, not nothing`,
	},
	{
		"text is empty", `functions:
  rados_a: {todo: ''}`,
		`s.yaml:2:19: todo must be a text, not an empty text`,
	},
	{
		"number is a text", `functions:
  rados_a: {go: A, args: {b: {initial_size: many}}}`,
		`s.yaml:2:45: initial_size must be a whole number, not "many"`,
	},
	{
		"number is a list", `functions:
  rados_a: {go: A, args: {b: {initial_size: [1]}}}`,
		`s.yaml:2:45: initial_size must be a whole number, not a list`,
	},
	{
		"truth is a text", `functions:
  rados_a: {go: A, before_connect: yes}`,
		`s.yaml:2:36: before_connect must be true or false, not "yes"`,
	},
	{
		"truth is a number", `functions:
  rados_a: {go: A, before_connect: 1}`,
		`s.yaml:2:36: before_connect must be true or false, not "1"`,
	},
	{
		"list is a text", `functions:
  rados_a: {go: A, result_names: err}`,
		`s.yaml:2:34: result_names must be a list of texts, not "err"`,
	},
	{
		"list of lists", `functions:
  rados_a: {go: A, result_names: [[err]]}`,
		`s.yaml:2:35: result_names must be a text, not a list`,
	},
	{
		"args are a list", `functions:
  rados_a: {go: A, args: [buf]}`,
		`s.yaml:2:26: args must be a mapping, not a list`,
	},
	{
		"argument is a list", `functions:
  rados_a: {go: A, args: {buf: [fill]}}`,
		`s.yaml:2:32: buf must be its name in Go, or null, or a number, or a mapping, not a list`,
	},
	{
		"argument is empty", `functions:
  rados_a: {go: A, args: {buf: ''}}`,
		`s.yaml:2:32: buf must be a text, not an empty text`,
	},
	{
		"ret is a list", `functions:
  rados_a: {go: A, ret: [errno]}`,
		`s.yaml:2:25: ret must be a word or a mapping, not a list`,
	},
	{
		"ret is nothing", `functions:
  rados_a: {go: A, ret: }`,
		`s.yaml:2:25: ret must be a text, not nothing`,
	},
	{
		"forms are a list", `functions:
  rados_a: {go: A, forms: [B]}`,
		`s.yaml:2:27: the forms of rados_a must be a mapping, not a list`,
	},
	{
		"steps are a mapping", `methods:
  A: {steps: {call: rados_a}}`,
		`s.yaml:2:14: the steps of A must be a list, not a mapping`,
	},
	{
		"step is a text", `methods:
  A: {steps: [rados_a]}`,
		`s.yaml:2:15: a step of A must be a mapping, not "rados_a"`,
	},
	{"consts are a mapping", `consts: {A: {c: X}}`, `s.yaml:1:9: consts must be a list of groups, not a mapping`},
	{
		"key is a list", `functions:
  ? [a, b]
  : {go: A}`,
		`s.yaml:2:5: a key of functions must be a word, not a list`,
	},
	{
		"key is null", `functions:
  ~: {go: A}`,
		`s.yaml:2:3: a key of functions must be a word, not nothing`,
	},
	{
		"key of the spec twice", `functions: {}
buffers: {free: f}
functions: {}`,
		`s.yaml:3:1: "functions" is here twice; the first is on line 1`,
	},
	{
		"function twice", `functions:
  rados_a: {skip: x}
  rados_b: {skip: x}
  rados_a: {skip: y}`,
		`s.yaml:4:3: "rados_a" is here twice; the first is on line 2`,
	},
	{
		"argument twice", `functions:
  rados_a: {go: A, args: {a: x, b: y, a: z}}`,
		`s.yaml:2:39: "a" is here twice; the first is on line 2`,
	},
	{
		"key of an argument twice", `functions:
  rados_a: {go: A, args: {a: {as: fill, as: value}}}`,
		`s.yaml:2:41: "as" is here twice; the first is on line 2`,
	},
	{
		"two dispositions", `functions:
  rados_a: {go: A, skip: why}`,
		`s.yaml:2:26: rados_a has two dispositions, go and skip`,
	},
	{
		"three dispositions", `functions:
  rados_a: {todo: x, go: A, private: a}`,
		`s.yaml:2:26: rados_a has two dispositions, todo and go
s.yaml:2:38: rados_a has two dispositions, go and private`,
	},
	{
		"no disposition", `functions:
  rados_a: {doc: A does.}`,
		`s.yaml:2:3: rados_a has no disposition: say go, private, skip or todo`,
	},
	{
		"skip with more", `functions:
  rados_a: {skip: why, doc: A does., ret: errno}`,
		`s.yaml:2:24: rados_a is skip, so doc has no effect
s.yaml:2:38: rados_a is skip, so ret has no effect`,
	},
	{
		"todo with more", `functions:
  rados_a: {todo: A, args: {}}`,
		`s.yaml:2:22: rados_a is todo, so args has no effect`,
	},
	{
		"skip what is private", `functions:
  rados_a: {skip: A, unguarded: true, replay: it}`,
		`s.yaml:2:22: rados_a is skip, so unguarded has no effect
s.yaml:2:39: rados_a is skip, so replay has no effect`,
	},
	{
		"what a call waits for", `functions:
  rados_a: {go: A, waits: disk}
  rados_b: {go: B, waits: [osd]}
methods:
  A.C: {waits: true}`,
		`s.yaml:2:27: waits must be one of osd, mon, mgr, room, nothing, not "disk"
s.yaml:3:27: waits must be one of osd, mon, mgr, room, nothing, not a list
s.yaml:5:16: waits must be one of osd, mon, mgr, room, nothing, not "true"`,
	},
	{
		"two dispositions, private among them", `functions:
  rados_a: {go: A, private: a}`,
		`s.yaml:2:29: rados_a has two dispositions, go and private`,
	},
	{
		"words of handles", `handles:
  rados_t: {op_nw: rados_make, setings: true, settings: 1}`,
		`s.yaml:2:13: unknown key "op_nw" in handle rados_t
  did you mean "op_new"?
s.yaml:2:32: unknown key "setings" in handle rados_t
  did you mean "settings"?
s.yaml:2:57: settings must be true or false, not "1"`,
	},
	{
		"words of iterators", `iterators:
  rados_i: {drian: rados_next, untill: key, steps: [], args: [val]}
  rados_j: rados_next
  rados_i: {}`,
		`s.yaml:2:13: unknown key "drian" in iterator rados_i
  did you mean "drain"?
s.yaml:2:32: unknown key "untill" in iterator rados_i
  did you mean "until"?
s.yaml:2:45: unknown key "steps" in iterator rados_i
  known are args, drain, free, until
s.yaml:2:62: args must be a mapping, not a list
s.yaml:3:12: iterator rados_j must be a mapping, not "rados_next"
s.yaml:4:3: "rados_i" is here twice; the first is on line 2`,
	},
	{
		"list of iterators", `iterators: [rados_i]`,
		`s.yaml:1:12: iterators must be a mapping, not a list`,
	},
	{
		"many slips, sorted", `methods:
  A: {step: []}
functions:
  rados_a: {skp: why}
  rados_b: {go: [A], doc: 1, before_connect: 2}
buffers: free`,
		`s.yaml:2:7: unknown key "step" in method A
  did you mean "steps"?
s.yaml:4:3: rados_a has no disposition: say go, private, skip or todo
s.yaml:4:13: unknown key "skp" in function rados_a
  did you mean "skip"?
s.yaml:5:17: go must be a text, not a list
s.yaml:5:46: before_connect must be true or false, not "2"
s.yaml:6:10: buffers must be a mapping, not "free"`,
	},
}

// TestDecodeBad decodes them.
func TestDecodeBad(t *testing.T) {
	for _, c := range badSpecs {
		t.Run(c.name, func(t *testing.T) {
			_, err := spec.Decode("s.yaml", []byte(c.yaml+"\n"))
			require.Error(t, err)
			assert.Equal(t, c.want, err.Error())
		})
	}
}

// TestDecode has the ways of writing that mean the same.
func TestDecode(t *testing.T) {
	s, err := spec.Decode("s.yaml", []byte(`
functions:
  rados_a:
    go: A
    before_connect: True
    doc: |
      A does it.

    ret: count
    args: {a: name, b: null, c: ~, d: 0x10, e: 1_000, f: -1, g: {as: fill, initial_size: 12}}
  rados_b: {skip: 12}
`))
	require.NoError(t, err)
	a := s.Functions[0]
	assert.True(t, a.BeforeConnect)
	assert.Equal(t, "A does it.", a.Doc)
	assert.Equal(t, "count", a.Ret.As)
	assert.Equal(t, "name", a.Args["a"].Name)
	var fixed []string
	for _, name := range strings.Split("b c d e f", " ") {
		fixed = append(fixed, *a.Args[name].Fixed)
	}
	assert.Equal(t, []string{"NULL", "NULL", "16", "1000", "-1"}, fixed)
	assert.Equal(t, []string{"initial_size"}, a.Args["g"].Keys())
	assert.Equal(t, "s.yaml:10:62", a.Args["g"].Pos.String())
	assert.Equal(t, "12", s.Functions[1].Target)
}
