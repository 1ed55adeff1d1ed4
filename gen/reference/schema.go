// Package reference writes the JSON Schema of spec/bindings.yaml and docs/SPEC.md. Both
// follow from the description of the keys in package spec and from the roles.
package reference

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/role"
	"github.com/go-rados/go-rados/gen/spec"
)

// object is a JSON object. Its keys are written in alphabetical order.
type object = map[string]any

// Schema returns the JSON Schema of spec/bindings.yaml. It has the rules about the form
// of the file and the keys of roles; the generator checks the rules that need the
// header.
func Schema() ([]byte, error) {
	root, err := spec.Describe()
	if err != nil {
		return nil, err
	}
	defs := make(object)
	for _, s := range root.Sections()[1:] {
		defs[s.Type] = entrySchema(s)
	}
	whole := sectionSchema(root)
	whole["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	whole["$comment"] = "Written by go run ./gen generate."
	whole["title"] = "spec/bindings.yaml"
	whole["$defs"] = defs
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err = enc.Encode(whole)
	return b.Bytes(), err
}

// sectionSchema returns the schema of a mapping with the keys of s.
func sectionSchema(s *spec.Section) object {
	properties := make(object)
	var choices []any
	alone := make(object)
	for _, k := range s.Keys {
		properties[k.Name] = keySchema(s, k)
		if !k.Choice {
			continue
		}
		choices = append(choices, object{"required": []string{k.Name}})
		if k.Alone {
			alone[k.Name] = object{"maxProperties": 1}
		}
	}
	schema := object{
		"type":                 "object",
		"description":          s.Doc,
		"properties":           properties,
		"additionalProperties": false,
	}
	if choices != nil {
		schema["oneOf"], schema["dependentSchemas"] = choices, alone
	}
	if takesRoles(s) {
		schema["allOf"] = roleSchemas(s)
	}
	return schema
}

// entrySchema returns the schema of an entry of s, which may have a short form.
func entrySchema(s *spec.Section) object {
	schema := sectionSchema(s)
	if s.Short == nil {
		return schema
	}
	var forms []any
	for _, short := range s.Short {
		form := valueSchema(&spec.Key{Kind: short.Kind})
		for _, k := range s.Keys {
			if k.Name == short.Key {
				form = valueSchema(k)
			}
		}
		form["description"] = short.Doc
		forms = append(forms, form)
	}
	return object{"description": s.Doc, "anyOf": append(forms, schema)}
}

func keySchema(s *spec.Section, k *spec.Key) object {
	schema := valueSchema(k)
	schema["description"] = k.Doc
	if k.Kind == spec.Integer {
		schema["minimum"] = 1 // 0 is that of a key that is missing
	}
	if roles := rolesWith(s, k); roles != nil {
		schema["description"] = k.Doc + " Roles: " + strings.Join(roles, ", ") + "."
	}
	return schema
}

func valueSchema(k *spec.Key) object {
	switch k.Kind {
	case spec.Word:
		return object{"enum": k.Values}
	case spec.Integer:
		return object{"type": "integer"}
	case spec.Boolean:
		return object{"type": "boolean"}
	case spec.Texts:
		return object{"type": "array", "items": text()}
	case spec.Mapping:
		return ref(k.Section)
	case spec.Named:
		return object{
			"type":                 "object",
			"propertyNames":        object{"pattern": `\S`},
			"additionalProperties": ref(k.Section),
		}
	case spec.List:
		return object{"type": "array", "items": ref(k.Section)}
	case spec.Null:
		return object{"type": "null"}
	}
	if words := vocabulary(k.Words); words != nil {
		return object{"enum": words}
	}
	return text()
}

// text is the schema of a text. A number or boolean of YAML is accepted as well.
func text() object {
	return object{"type": []string{"string", "number", "boolean"}, "pattern": `\S`}
}

func ref(s *spec.Section) object { return object{"$ref": "#/$defs/" + s.Type} }

// vocabulary returns the words of a vocabulary, or nil.
func vocabulary(name string) []string {
	switch name {
	case "roles":
		return slices.DeleteFunc(role.Names(), func(name string) bool { return role.Inferred(role.ByName(name)) })
	case "returns":
		return role.RetNames()
	}
	return nil
}

// takesRoles reports whether s describes an argument.
func takesRoles(s *spec.Section) bool {
	return slices.ContainsFunc(s.Keys, func(k *spec.Key) bool { return k.Words == "roles" })
}

// rolesWith returns the roles that take the key k of an argument.
func rolesWith(s *spec.Section, k *spec.Key) []string {
	if !takesRoles(s) {
		return nil
	}
	var names []string
	for _, name := range vocabulary("roles") {
		if slices.Contains(role.Keys(role.ByName(name)), k.Name) {
			names = append(names, name)
		}
	}
	return names
}

// roleSchemas returns the schemas that restrict an argument to the keys of its role.
func roleSchemas(s *spec.Section) []any {
	var list []any
	for _, name := range vocabulary("roles") {
		keys := append([]string{"as"}, role.Keys(role.ByName(name))...)
		slices.Sort(keys)
		list = append(list, object{
			"if":   object{"properties": object{"as": object{"const": name}}, "required": []string{"as"}},
			"then": object{"propertyNames": object{"enum": keys}},
		})
	}
	return list
}
