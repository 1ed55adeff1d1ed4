package spec_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/reference"
	"github.com/go-rados/go-rados/gen/role"
	"github.com/go-rados/go-rados/gen/spec"
)

// compileSchema compiles the schema that the generator writes, which must be one of
// JSON Schema 2020-12.
func compileSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	text, err := reference.Schema()
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	assert.Equal(t, "https://json-schema.org/draft/2020-12/schema", doc.(map[string]any)["$schema"])
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("bindings.schema.json", doc))
	schema, err := c.Compile("bindings.schema.json")
	require.NoError(t, err)
	return schema
}

// value is what the YAML parser makes of a text, as JSON has it. Of two entries with one
// name it is the first.
func value(t testing.TB, text string) any {
	t.Helper()
	var doc yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte(text), &doc))
	return plain(t, &doc)
}

func plain(t testing.TB, n *yaml.Node) any {
	t.Helper()
	switch n.Kind {
	case 0: // nothing at all
		return nil
	case yaml.DocumentNode:
		return plain(t, n.Content[0])
	case yaml.MappingNode:
		mapping := make(map[string]any)
		for i := 0; i < len(n.Content); i += 2 {
			var key string
			if n.Content[i].ShortTag() != "!!null" { // as in the decoder of YAML
				require.NoError(t, n.Content[i].Decode(&key))
			}
			if _, ok := mapping[key]; !ok {
				mapping[key] = plain(t, n.Content[i+1])
			}
		}
		return mapping
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, plain(t, item))
		}
		return list
	}
	var scalar any
	require.NoError(t, n.Decode(&scalar))
	return scalar
}

// TestSchemaAccepts validates the spec of librados and the specs of all goldens.
func TestSchemaAccepts(t *testing.T) {
	paths, err := filepath.Glob("../testdata/*/spec.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	schema := compileSchema(t)
	for _, path := range append(paths, "../../spec/bindings.yaml") {
		t.Run(path, func(t *testing.T) {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.NoError(t, schema.Validate(value(t, string(text))))
		})
	}
}

// TestSchemaNamed: the first line of the spec names the schema beside it for editors.
func TestSchemaNamed(t *testing.T) {
	text, err := os.ReadFile("../../spec/bindings.yaml")
	require.NoError(t, err)
	first, _, _ := strings.Cut(string(text), "\n")
	name, ok := strings.CutPrefix(first, "# yaml-language-server: $schema=")
	require.True(t, ok, first)
	assert.FileExists(t, filepath.Join("../../spec", name))
}

// onlyInYAML lists the inputs of testdata/bad that JSON can't express: the error is the way in
// which they are written.
var onlyInYAML = []string{
	"no-yaml", "tab", "two-documents", "second-document-is-no-yaml",
	"anchor", "alias", "anchor-and-alias", "anchor-that-contains-itself", "key-is-a-list",
	"key-of-the-spec-twice", "function-twice", "argument-twice", "key-of-an-argument-twice",
}

// TestSchemaRefuses expects the schema to refuse what the decoder refuses.
func TestSchemaRefuses(t *testing.T) {
	schema := compileSchema(t)
	var names []string
	unknown := 0
	for _, bad := range gentest.BadInputs(t, "s.yaml") {
		names = append(names, bad.Name)
		isUnknown := strings.Contains(bad.Want(), "unknown key")
		if isUnknown {
			unknown++
		}
		t.Run(bad.Name, func(t *testing.T) {
			if slices.Contains(onlyInYAML, bad.Name) {
				assert.False(t, isUnknown)
				return
			}
			assert.Error(t, schema.Validate(value(t, bad.Files["s.yaml"])))
		})
	}
	assert.Subset(t, names, onlyInYAML)
	assert.Greater(t, unknown, 15)
}

// TestSchemaUnknownKeys adds a key that there is not to each section. The schema must
// accept the section without it.
func TestSchemaUnknownKeys(t *testing.T) {
	schema := compileSchema(t)
	where := map[string]string{ // KEYS is where the keys of the section are
		"":            `{KEYS}`,
		"handles":     `{handles: {rados_t: {KEYS}}}`,
		"accessor":    `{handles: {rados_t: {accessor: {KEYS}}}}`,
		"blocking":    `{blocking: {osd: {KEYS}}}`,
		"bare_errors": `{bare_errors: {KEYS}}`,
		"buffers":     `{buffers: {KEYS}}`,
		"types":       `{types: {A: {KEYS}}}`,
		"fields":      `{types: {A: {fields: {B: {KEYS}}}}}`,
		"results":     `{results: {A: {KEYS}}}`,
		"values":      `{results: {A: {values: {B: {KEYS}}}}}`,
		"consts":      `{consts: [{KEYS}]}`,
		"names":       `{consts: [{names: {A: {KEYS}}}]}`,
		"errors":      `{errors: {A: {KEYS}}}`,
		"functions":   `{functions: {rados_a: {go: A, KEYS}}}`,
		"args":        `{functions: {rados_a: {go: A, args: {b: {KEYS}}}}}`,
		"ret":         `{functions: {rados_a: {go: A, ret: {KEYS}}}}`,
		"forms":       `{functions: {rados_a: {go: A, forms: {B: {KEYS}}}}}`,
		"error_forms": `{functions: {rados_a: {go: A, error_forms: {A.B: {KEYS}}}}}`,
		"with":        `{functions: {rados_a: {go: A, with: {KEYS}}}}`,
		"accept":      `{accept: {rados_a: {reason: x, KEYS}}}`,
		"skip":        `{skip: {LIBRADOS_A: {reason: x, KEYS}}}`,
		"methods":     `{methods: {A: {KEYS}}}`,
		"steps":       `{methods: {A: {steps: [{KEYS}]}}}`,
		"iterators":   `{iterators: {rados_i: {KEYS}}}`,
		"events":      `{events: {rados_cb_t: {KEYS}}}`,
		"completions": `{completions: {KEYS}}`,
		"library":     `{library: {KEYS}}`,
		"configured":  `{functions: {rados_a: {go: A, configured: {B: {KEYS}}}}}`,
	}
	root, err := spec.Describe()
	require.NoError(t, err)
	for _, s := range root.Sections() {
		text := where[s.Name]
		require.NotEmpty(t, text, "say here where the keys of %s are", s.Name)
		assert.NoError(t, schema.Validate(value(t, strings.Replace(text, "KEYS", "", 1))), s.Name)
		assert.Error(t, schema.Validate(value(t, strings.Replace(text, "KEYS", "nope: x", 1))), s.Name)
	}
}

// TestSchemaArguments has arguments and what the schema makes of them.
func TestSchemaArguments(t *testing.T) {
	schema := compileSchema(t)
	for arg, good := range map[string]bool{
		`offset`:                        true,
		`null`:                          true,
		`-1`:                            true,
		`''`:                            false,
		`' '`:                           false,
		`[a]`:                           false,
		`{name: offset}`:                true,
		`{as: fill, length: len}`:       true,
		`{as: fil}`:                     false,
		`{as: fixed}`:                   false,
		`{as: in-object}`:               false,
		`{as: fill, field: A}`:          false,
		`{field: A}`:                    true, // the role is inferred
		`{as: value, allowed: [A]}`:     true,
		`{as: value, initial_size: 12}`: false,
		`{initial_size: x}`:             false,
		`{initial_size: 12}`:            true,
	} {
		err := schema.Validate(value(t, `{functions: {rados_a: {go: A, args: {b: `+arg+`}}}}`))
		assert.Equal(t, good, err == nil, "%s: %v", arg, err)
	}
}

// TestSchemaRoles gives an argument of each role each key: it must be accepted exactly if the
// role takes it.
func TestSchemaRoles(t *testing.T) {
	schema := compileSchema(t)
	root, err := spec.Describe()
	require.NoError(t, err)
	for _, s := range root.Sections() {
		if s.Name != "args" {
			continue
		}
		for _, name := range role.Names() {
			for _, k := range s.Keys {
				sample := map[spec.Kind]string{spec.Text: "A", spec.Texts: "[A]", spec.Integer: "1", spec.Boolean: "true"}[k.Kind]
				if len(k.Values) > 0 {
					sample = k.Values[0]
				}
				require.NotEmpty(t, sample, k.Name)
				arg := "{as: " + name + ", " + k.Name + ": " + sample + "}"
				if k.Name == "as" {
					arg = "{as: " + name + "}"
				}
				r := role.ByName(name)
				good := !role.Inferred(r) && (k.Name == "as" || slices.Contains(role.Keys(r), k.Name))
				err := schema.Validate(value(t, `{functions: {rados_a: {go: A, args: {b: `+arg+`}}}}`))
				assert.Equal(t, good, err == nil, "%s: %v", arg, err)
			}
		}
	}
}
