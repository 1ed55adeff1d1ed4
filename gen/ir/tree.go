package ir

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode"

	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/spec"
)

// A Tree is a part of a plan for printing: an Object, a list of trees, or a single value. Whatever
// a part only refers to, such as the handle of a method, is a name in it. Zero values are left out.
type Tree any

// An Object is a struct with its fields in the order of their declaration.
type Object []TreeField

// A TreeField is a field of an Object.
type TreeField struct {
	Name  string
	Value Tree
}

// MarshalJSON writes o as a JSON object that keeps the order of the fields.
func (o Object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteString(", ")
		}
		value, err := jsonLine(m.Value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%q: %s", m.Name, value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// TreeOf returns the tree of a Plan, Method, Function or any other part of a plan.
func TreeOf(part any) Tree { return treeOf(reflect.ValueOf(part), true) }

// treeOf returns the tree of v. With whole, v is written out where it would be a name otherwise,
// and so are the elements of its lists if it is a plan.
func treeOf(v reflect.Value, whole bool) Tree {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if name := nameOf(v.Interface()); name != "" && !whole {
			return name
		}
		return treeOf(v.Elem(), whole)
	case reflect.Slice:
		list := make([]Tree, v.Len())
		for i := range list {
			list[i] = treeOf(v.Index(i), whole)
		}
		return list
	case reflect.Map:
		return v.Interface()
	case reflect.Struct:
		if text := textOf(v.Interface()); text != "" {
			return text
		}
		return Object(treeFields(v))
	}
	return v.Interface()
}

// treeFields returns the fields of a struct. Those of an embedded struct are among them, unless
// its tag has a name for them: then they are a struct of that name.
func treeFields(v reflect.Value) []TreeField {
	var list []TreeField
	_, isPlan := v.Interface().(Plan)
	_, isKeys := v.Interface().(spec.Arg) // the argument has the position
	for _, f := range reflect.VisibleFields(v.Type()) {
		value, err := v.FieldByIndexErr(f.Index)
		if err != nil || value.IsZero() || !f.IsExported() || f.Tag.Get("tree") == "-" || isKeys && f.Name == "Pos" {
			continue
		}
		if name := v.Type().Field(f.Index[0]).Tag.Get("tree"); name != "" && name != "-" {
			if f.Anonymous {
				list = append(list, TreeField{name, treeOf(value, false)})
			}
			continue
		}
		if f.Anonymous || len(f.Index) > 1 && textOf(v.FieldByIndex(f.Index[:1]).Interface()) != "" {
			if text := textOf(value.Interface()); f.Anonymous && text != "" {
				list = append(list, TreeField{"c", text})
			}
			continue
		}
		tree := treeOf(value, isPlan)
		if object, ok := tree.(Object); !ok || len(object) > 0 {
			list = append(list, TreeField{Unexported(f.Name), tree})
		}
	}
	return list
}

// Unexported returns name with its first word in lower case: goName for GoName, pgCommand for
// PGCommand.
func Unexported(name string) string {
	i := 1
	for i < len(name) && unicode.IsUpper(rune(name[i])) && (i+1 == len(name) || unicode.IsUpper(rune(name[i+1]))) {
		i++
	}
	return strings.ToLower(name[:i]) + name[i:]
}

// nameOf returns the name of a part to which other parts refer, or "".
func nameOf(part any) string {
	switch p := part.(type) {
	case *Handle:
		return p.Go
	case *Type:
		return p.Go
	case *StepResult:
		return p.Go
	case *Function:
		return p.Name
	}
	return ""
}

// textOf returns the text that stands for a struct, or "".
func textOf(part any) string {
	switch p := part.(type) {
	case model.Pos:
		return p.String()
	case model.Param:
		return p.Declare()
	case *model.Func:
		return p.Prototype()
	case *model.Callback:
		return p.Name + " = " + p.Signature()
	case model.Const:
		return p.Value
	case model.Struct:
		return fmt.Sprintf("%s of %d bytes", p.Name, p.Size)
	case spec.Function:
		return strings.TrimSpace(string(p.Disposition) + " " + p.Target)
	case Var:
		return strings.TrimSpace(p.Name + " " + p.Type)
	}
	return ""
}

// jsonWidth is the width of the lines of WriteJSON, where the values allow for it.
const jsonWidth = 150

// WriteJSON writes t as indented JSON. What fits is on one line.
func WriteJSON(w io.Writer, t Tree) error {
	var b bytes.Buffer
	if err := writeJSON(&b, t, "", 0); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}

// writeJSON writes t at a place where a line has begun with the indent and before more bytes.
func writeJSON(b *bytes.Buffer, t Tree, indent string, before int) error {
	line, err := jsonLine(t)
	if err != nil {
		return err
	}
	object, isObject := t.(Object)
	list, isList := t.([]Tree)
	if !isObject && !isList || len(indent)+before+len(line) <= jsonWidth {
		b.Write(line)
		return nil
	}
	inner := indent + "  "
	open, end := "{", "}"
	if isList {
		open, end = "[", "]"
		for _, item := range list {
			object = append(object, TreeField{Value: item})
		}
	}
	for i, f := range object {
		b.WriteString(open + "\n" + inner)
		open = ","
		name := ""
		if !isList {
			name = fmt.Sprintf("%q: ", f.Name)
		}
		b.WriteString(name)
		last := min(1, len(object)-1-i) // the width of a comma
		if err := writeJSON(b, f.Value, inner, len(name)+last); err != nil {
			return err
		}
	}
	b.WriteString("\n" + indent + end)
	return nil
}

// jsonLine is t as JSON on one line.
func jsonLine(t Tree) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(t)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// WriteText writes t for people: a line for each value, indented.
func WriteText(w io.Writer, t Tree) error {
	var b bytes.Buffer
	writeText(&b, t, "")
	_, err := w.Write(b.Bytes())
	return err
}

func writeText(b *bytes.Buffer, t Tree, indent string) {
	switch t := t.(type) {
	case Object:
		for _, m := range t {
			if isShort(m.Value) {
				fmt.Fprintf(b, "%s%s: %s\n", indent, m.Name, shortText(m.Value))
				continue
			}
			fmt.Fprintf(b, "%s%s:\n", indent, m.Name)
			writeText(b, m.Value, indent+"  ")
		}
	case []Tree:
		for _, item := range t {
			if isShort(item) {
				fmt.Fprintf(b, "%s- %s\n", indent, shortText(item))
				continue
			}
			var inner bytes.Buffer
			writeText(&inner, item, indent+"  ")
			text := inner.String()
			b.WriteString(indent + "- " + strings.TrimPrefix(text, indent+"  "))
		}
	case string:
		for _, line := range strings.Split(strings.TrimRight(t, "\n"), "\n") {
			b.WriteString(strings.TrimRight(indent+line, " ") + "\n")
		}
	default:
		fmt.Fprintf(b, "%s%v\n", indent, t)
	}
}

// isShort reports whether t fits on the line of its name.
func isShort(t Tree) bool {
	switch t := t.(type) {
	case Object:
		return false
	case []Tree:
		n := 0
		for _, item := range t {
			if _, ok := item.(string); !ok {
				return false
			}
			n += len(item.(string)) + 2
		}
		return n < 100
	case string:
		return !strings.Contains(t, "\n")
	}
	return true
}

func shortText(t Tree) string {
	if list, ok := t.([]Tree); ok {
		var items []string
		for _, item := range list {
			items = append(items, item.(string))
		}
		return strings.Join(items, ", ")
	}
	return fmt.Sprint(t)
}
