package reference_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/reference"
	"github.com/go-rados/go-rados/gen/role"
	"github.com/go-rados/go-rados/gen/spec"
)

const specFile = "../../spec/bindings.yaml"

// TestKeysOfRoles expects a role to take only keys of an argument.
func TestKeysOfRoles(t *testing.T) {
	root, err := spec.Describe()
	require.NoError(t, err)
	known := make(map[string]bool)
	for _, s := range root.Sections() {
		for _, k := range s.Keys {
			known[k.Name] = known[k.Name] || s.Name == "args"
		}
	}
	require.True(t, known["as"])
	for _, name := range role.Names() {
		for _, key := range role.Keys(role.ByName(name)) {
			assert.True(t, known[key], "the role %s takes %s, which is no key of an argument", name, key)
		}
	}
}

// TestExamples expects each key to have an example, from the spec or a tag.
func TestExamples(t *testing.T) {
	src, err := os.ReadFile(specFile)
	require.NoError(t, err)
	examples, err := spec.Examples(specFile, src)
	require.NoError(t, err)
	root, err := spec.Describe()
	require.NoError(t, err)
	for _, s := range root.Sections() {
		for _, k := range s.Keys {
			assert.NotEmpty(t, examples[k]+k.Example,
				"%s does not use the key %s of %s: give its field in gen/spec/spec.go a tag example", specFile, k.Name, s.Name)
		}
	}
}

// TestExamplesAreShort expects the shortest value of each key, in one line and with
// long texts cut.
func TestExamplesAreShort(t *testing.T) {
	examples, err := spec.Examples("s.yaml", []byte(`
functions:
  rados_a:
    go: A
    doc: |
      A does what takes very many words to say, so many that no table could have them.

      And more.
    args: # a comment
      long_name: {as: fill, name: data}
      b: null
    result_names: [a, err]
  rados_b: {skip: "a: b"}
`))
	require.NoError(t, err)
	got := make(map[string]string)
	for k, example := range examples {
		got[k.Name] = example
	}
	assert.Equal(t, map[string]string{
		"functions":    `{rados_b: {skip: "a: b"}}`,
		"go":           "A",
		"doc":          "A does what takes very many words to say, so …",
		"args":         "{b: null}",
		"as":           "fill",
		"name":         "data",
		"result_names": "[a, err]",
		"skip":         `"a: b"`,
	}, got)
	_, err = spec.Examples("s.yaml", []byte("functions: {rados_a: {}}"))
	assert.EqualError(t, err, "s.yaml:1:13: rados_a has no disposition: say go, private, skip or todo")
}

// TestMarkdown expects each section, key, role and meaning of a return value in
// docs/SPEC.md, and a heading for each link.
func TestMarkdown(t *testing.T) {
	src, err := os.ReadFile(specFile)
	require.NoError(t, err)
	data, err := reference.Markdown(specFile, src, os.DirFS(".."))
	require.NoError(t, err)
	text := string(data)

	parts := make(map[string]string) // by heading
	for _, part := range strings.Split(text, "\n## ")[1:] {
		name, rest, _ := strings.Cut(part, "\n")
		assert.NotContains(t, parts, name)
		parts[name] = rest
	}
	root, err := spec.Describe()
	require.NoError(t, err)
	for _, s := range root.Sections()[1:] {
		assert.Contains(t, parts[s.Name], s.Doc)
		for _, k := range s.Keys {
			assert.Contains(t, parts[s.Name], "\n| `"+k.Name+"` | ")
			assert.Contains(t, parts[s.Name], " | "+k.Doc+" | ")
		}
	}
	for _, name := range role.Names() {
		assert.Contains(t, parts["Roles"], "\n| `"+name+"`")
		assert.Contains(t, parts["Roles"], " | "+role.Meaning(role.ByName(name))+" | ")
	}
	for _, r := range role.Rets {
		assert.Contains(t, parts["Return values"], "\n| `"+r.Name+"` | "+r.Meaning+" |")
	}
	assert.Contains(t, parts["args"], "| `count` | text | ")
	assert.Regexp(t, "\n\\| `count` .* \\| `fill`, `out-arrays` \\|\n", parts["args"], "the roles that take it")

	anchors := make(map[string]bool)
	for name := range parts {
		anchors[strings.ReplaceAll(strings.ToLower(name), " ", "-")] = true
	}
	links := regexp.MustCompile(`\]\(#([^)]*)\)`).FindAllStringSubmatch(text, -1)
	assert.NotEmpty(t, links)
	for _, link := range links {
		assert.True(t, anchors[link[1]], "no heading for the link to #%s", link[1])
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "|") {
			assert.True(t, strings.HasSuffix(line, "|\n"), line)
		}
	}
}
