package reference

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/go-rados/go-rados/gen/role"
	"github.com/go-rados/go-rados/gen/spec"
)

const introduction = `# The keys of spec/bindings.yaml

Written by ` + "`go run ./gen generate`" + ` from the structs in ` + "`gen/spec/spec.go`" + ` and the roles in
` + "`gen/role`" + `. [CONTRIBUTING.md](../CONTRIBUTING.md) explains how to bind a function.

Editors that support JSON Schema complete and check the file: its first line names
[bindings.schema.json](../spec/bindings.schema.json), which has the same keys.

The examples are values from the file itself, the shortest of each key. Of a mapping with
names and of a list they have one entry; long texts are cut.
`

const rolesText = `## Roles

A role is what a C parameter means in Go. The key ` + "`as`" + ` of an argument names it where it
cannot be inferred from the header; a role that is marked as inferred cannot be named.

| role | meaning | keys | example |
|---|---|---|---|
`

const returnsText = `## Return values

What the return value of a C function means, as ` + "`ret`" + ` names it.

| ret | meaning |
|---|---|
`

// Markdown returns docs/SPEC.md. The examples are taken from the spec src, and those of roles from the goldens.
func Markdown(name string, src []byte, goldens fs.FS) ([]byte, error) {
	root, err := spec.Describe()
	if err != nil {
		return nil, err
	}
	examples, err := spec.Examples(name, src)
	if err != nil {
		return nil, err
	}
	ofRoles, err := roleExamples(goldens)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString(introduction)
	users := make(map[*spec.Section][]string)
	for _, s := range root.Sections() {
		for _, k := range s.Keys {
			if k.Section != nil && s != root {
				users[k.Section] = append(users[k.Section], s.Name)
			}
		}
	}
	for _, s := range root.Sections() {
		heading(&b, s, users[s])
		table(&b, s, examples)
	}
	b.WriteString("\n" + rolesText)
	for _, name := range role.Names() {
		r := role.ByName(name)
		cell := code(name)
		if role.Inferred(r) {
			cell += " (inferred)"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", cell, escape(role.Meaning(r)), codes(role.Keys(r)), escape(ofRoles[name]))
	}
	b.WriteString("\n" + returnsText)
	for _, r := range role.Rets {
		fmt.Fprintf(&b, "| %s | %s |\n", code(r.Name), escape(r.Meaning))
	}
	return []byte(b.String()), nil
}

// heading writes what comes before the table of s.
func heading(b *strings.Builder, s *spec.Section, users []string) {
	if s.Name == "" {
		b.WriteString("\n## The sections\n\n")
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n%s", s.Name, s.Doc)
	if s.Named != "" {
		fmt.Fprintf(b, " The name of an entry is %s.", s.Named)
	}
	for _, short := range s.Short {
		b.WriteString(" " + short.Doc)
	}
	if users != nil {
		fmt.Fprintf(b, " Used in %s.", codes(users))
	}
	b.WriteString("\n\n")
}

// table writes the keys of s.
func table(b *strings.Builder, s *spec.Section, examples map[*spec.Key]string) {
	roles := takesRoles(s)
	b.WriteString("| key | type | meaning | example |")
	if roles {
		b.WriteString(" roles |")
	}
	b.WriteString("\n|---|---|---|---|")
	if roles {
		b.WriteString("---|")
	}
	for _, k := range s.Keys {
		example := examples[k]
		if example == "" {
			example = k.Example
		}
		fmt.Fprintf(b, "\n| %s | %s | %s | %s |", code(k.Name), typeOf(k), escape(k.Doc), code(example))
		if roles {
			fmt.Fprintf(b, " %s |", codes(rolesWith(s, k)))
		}
	}
	b.WriteString("\n")
}

// typeOf describes how a value of k is written.
func typeOf(k *spec.Key) string {
	link := func() string { return fmt.Sprintf("[%s](#%s)", k.Section.Name, k.Section.Name) }
	switch k.Kind {
	case spec.Word:
		return codes(k.Values)
	case spec.Integer:
		return "whole number"
	case spec.Boolean:
		return "true or false"
	case spec.Texts:
		return "list of texts"
	case spec.Mapping:
		return "mapping: " + link()
	case spec.Named:
		return "mapping of names: " + link()
	case spec.List:
		return "list: " + link()
	}
	switch k.Words {
	case "roles":
		return "[role](#roles)"
	case "returns":
		return "[return value](#return-values)"
	}
	return "text"
}

func codes(words []string) string {
	var list []string
	for _, word := range words {
		list = append(list, code(word))
	}
	return strings.Join(list, ", ")
}

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + escape(text) + "`"
}

// escape escapes text for a cell of a table.
func escape(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
