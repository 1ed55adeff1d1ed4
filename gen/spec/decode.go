package spec

import (
	"bytes"
	"fmt"
	"io"
	"math/big"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/model"
)

// Load reads the spec at path.
func Load(path string) (*Spec, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Decode(path, src)
}

// Decode reads a spec. The error holds every slip in it, not just the first.
//
// It walks the yaml.Nodes as the description of the structs says (see Describe), because
// decoding into structs with package yaml either forgets the positions or, with a custom
// UnmarshalYAML, stops to check for unknown keys.
func Decode(name string, src []byte) (*Spec, error) {
	d := &decoder{file: name}
	return d.decode(src)
}

func (d *decoder) decode(src []byte) (*Spec, error) {
	root, err := Describe()
	if err != nil {
		return nil, err
	}
	s := &Spec{File: d.file}
	if doc := d.document(src); doc != nil {
		d.section(doc, "the spec", root, reflect.ValueOf(s).Elem())
	}
	if err := d.diags.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

type decoder struct {
	file  string
	key   string // whose value is being read
	diags diag.List
	// found is called with the value of each known key, if it is not nil.
	found func(*Key, *yaml.Node)
}

// document parses src, which must be one document that spells everything out:
// what an alias stands for is written elsewhere, and so would have two places.
func (d *decoder) document(src []byte) *yaml.Node {
	dec := yaml.NewDecoder(bytes.NewReader(src))
	var doc, second yaml.Node
	err := dec.Decode(&doc)
	if err == io.EOF || err == nil && doc.Content[0].ShortTag() == "!!null" {
		d.diags.Add(model.Pos{File: d.file, Line: 1, Col: 1}, "the spec is empty")
		return nil
	}
	if err == nil {
		err = dec.Decode(&second)
	}
	switch {
	case err == nil:
		d.diags.Add(d.pos(&second), "a second document begins here; the spec is a single one")
		return nil
	case err != io.EOF:
		d.syntaxError(err)
		return nil
	}
	if d.indirect(doc.Content[0]) {
		return nil
	}
	return doc.Content[0]
}

// syntaxError notes what the YAML parser says: its text begins with the line.
func (d *decoder) syntaxError(err error) {
	pos, text := model.Pos{File: d.file}, strings.TrimPrefix(err.Error(), "yaml: ")
	if n, _ := fmt.Sscanf(text, "line %d:", &pos.Line); n == 1 {
		_, text, _ = strings.Cut(text, ": ")
	}
	d.diags.Add(pos, "no valid YAML: %s", text)
}

// indirect reports whether there is an anchor or an alias below n.
func (d *decoder) indirect(n *yaml.Node) bool {
	switch {
	case n.Anchor != "":
		d.diags.Add(d.pos(n), "anchors are not supported: write out what &%s stands for", n.Anchor)
		return true
	case n.Kind == yaml.AliasNode:
		d.diags.Add(d.pos(n), "aliases are not supported: write out what *%s stands for", n.Value)
		return true
	}
	return slices.ContainsFunc(n.Content, d.indirect)
}

func (d *decoder) pos(n *yaml.Node) model.Pos {
	return model.Pos{File: d.file, Line: n.Line, Col: n.Column}
}

// each calls f for the entries of a mapping, in their order.
func (d *decoder) each(n *yaml.Node, what string, f func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		d.diags.Add(d.pos(n), "%s must be a mapping, not %s", what, kind(n))
		return
	}
	seen := make(map[string]int)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if !isText(key) {
			d.diags.Add(d.pos(key), "a key of %s must be a word, not %s", what, kind(key))
			continue
		}
		if line, ok := seen[key.Value]; ok {
			d.diags.Add(d.pos(key), "%q is here twice; the first is on line %d", key.Value, line)
			continue
		}
		seen[key.Value] = key.Line
		d.key = key.Value
		f(key, value)
	}
}

// section reads a mapping that s describes into a struct.
func (d *decoder) section(n *yaml.Node, what string, s *Section, to reflect.Value) {
	d.each(n, what, func(key, value *yaml.Node) {
		k := s.key(key.Value)
		if k == nil {
			d.unknown(key, what, s)
			return
		}
		if d.found != nil {
			d.found(k, value)
		}
		d.value(value, k, to)
	})
	if c, ok := to.Addr().Interface().(checker); ok {
		c.check(d, n, s)
	}
}

// unknown notes a key that s does not have.
func (d *decoder) unknown(key *yaml.Node, what string, s *Section) {
	var names []string
	for _, k := range s.Keys {
		names = append(names, k.Name)
	}
	slices.Sort(names)
	hint := diag.DidYouMean(key.Value, names)
	if hint == "" {
		hint = "known are " + strings.Join(names, ", ")
	}
	d.diags.Hint(d.pos(key), hint, "unknown key %q in %s", key.Value, what)
}

// A chooser is a struct with keys of which it has exactly one; choose is told each that
// it has, with its value.
type chooser interface {
	choose(d *decoder, k *Key, n *yaml.Node, value string)
}

// A checker is a struct with a rule on its keys, which is checked after they are read.
type checker interface {
	check(d *decoder, n *yaml.Node, s *Section)
}

// A shorthand is a struct that can be written without a mapping, in the ways that short
// lists. readShort reads n and reports whether it is no mapping.
type shorthand interface {
	short() []Short
	readShort(d *decoder, n *yaml.Node) bool
}

// value reads the value of the key k of a struct.
func (d *decoder) value(n *yaml.Node, k *Key, in reflect.Value) {
	to := in.FieldByIndex(k.field)
	named := func(name string) string { return fmt.Sprint(in.FieldByName(name)) }
	what, item := os.Expand(k.what, named), os.Expand(k.item, named)
	switch k.Kind {
	case Text:
		to.SetString(d.text(n))
	case Word:
		to.SetString(d.word(n, k.Values))
	case Integer:
		to.SetInt(int64(d.integer(n)))
	case Boolean:
		to.SetBool(d.boolean(n))
	case Texts:
		to.Set(reflect.ValueOf(d.texts(n)))
	case Mapping:
		if to.Kind() == reflect.Pointer {
			to.Set(reflect.New(k.Section.goType))
			to = to.Elem()
		}
		d.entry(nil, n, what, k.Section, to)
	case Named:
		if to.Kind() == reflect.Map {
			to.Set(reflect.MakeMap(to.Type()))
		}
		d.each(n, what, func(key, value *yaml.Node) {
			entry := reflect.New(k.Section.goType)
			d.entry(key, value, item+key.Value, k.Section, entry.Elem())
			if to.Kind() == reflect.Map {
				to.SetMapIndex(reflect.ValueOf(key.Value), entry)
				return
			}
			to.Set(reflect.Append(to, entry))
		})
	case List:
		if n.Kind != yaml.SequenceNode {
			d.diags.Add(d.pos(n), "%s must be a list%s, not %s", what, k.of, kind(n))
			return
		}
		for _, value := range n.Content {
			entry := reflect.New(k.Section.goType)
			d.entry(nil, value, item, k.Section, entry.Elem())
			to.Set(reflect.Append(to, entry))
		}
	}
	if c, ok := in.Addr().Interface().(chooser); ok && k.Choice {
		c.choose(d, k, n, to.String())
	}
}

// entry reads an entry of a section into a struct. key is its name, where it has one.
func (d *decoder) entry(key, n *yaml.Node, what string, s *Section, to reflect.Value) {
	at := n
	if key != nil {
		at = key
	}
	to.FieldByIndex(s.pos).Set(reflect.ValueOf(d.pos(at)))
	if s.name != nil {
		to.FieldByIndex(s.name).SetString(key.Value)
	}
	if short, ok := to.Addr().Interface().(shorthand); ok && short.readShort(d, n) {
		return
	}
	d.section(n, what, s, to)
}

func (d *decoder) text(n *yaml.Node) string {
	if !isText(n) {
		d.diags.Add(d.pos(n), "%s must be a text, not %s", d.key, kind(n))
		return ""
	}
	return strings.TrimSpace(n.Value)
}

// isText reports whether n is a text, or what looks like a number or truth
// value but is good enough as one.
func isText(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.ShortTag() != "!!null" && strings.TrimSpace(n.Value) != ""
}

// kind says what n is.
func kind(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.ShortTag() == "!!null":
		return "nothing"
	case strings.TrimSpace(n.Value) == "":
		return "an empty text"
	}
	return fmt.Sprintf("%q", n.Value)
}

// integer reads a number of something. 0 is that of a key that is missing.
func (d *decoder) integer(n *yaml.Node) int {
	v, err := strconv.Atoi(n.Value)
	if err != nil || v <= 0 {
		d.diags.Add(d.pos(n), "%s must be a whole number above 0, not %s", d.key, kind(n))
		return 0
	}
	return v
}

func (d *decoder) boolean(n *yaml.Node) bool {
	v, err := strconv.ParseBool(n.Value)
	if err != nil || n.ShortTag() != "!!bool" {
		d.diags.Add(d.pos(n), "%s must be true or false, not %s", d.key, kind(n))
		return false
	}
	return v
}

func (d *decoder) word(n *yaml.Node, values []string) string {
	if !isText(n) || !slices.Contains(values, n.Value) {
		d.diags.Add(d.pos(n), "%s must be one of %s, not %s", d.key, strings.Join(values, ", "), kind(n))
		return ""
	}
	return n.Value
}

func (d *decoder) texts(n *yaml.Node) []string {
	if n.Kind != yaml.SequenceNode {
		d.diags.Add(d.pos(n), "%s must be a list of texts, not %s", d.key, kind(n))
		return nil
	}
	var texts []string
	for _, item := range n.Content {
		texts = append(texts, d.text(item))
	}
	return texts
}

// choose notes the disposition, of which a function has one.
func (f *Function) choose(d *decoder, k *Key, n *yaml.Node, value string) {
	if f.Disposition != "" {
		d.diags.Add(d.pos(n), "%s has two dispositions, %s and %s", f.C, f.Disposition, k.Name)
	}
	f.Disposition, f.Target = Disposition(k.Name), value
}

// check makes sure that a function has a disposition, and that one which is not
// called from Go has nothing else, since that would be ignored.
func (f *Function) check(d *decoder, n *yaml.Node, s *Section) {
	if f.Disposition == "" {
		if n.Kind == yaml.MappingNode {
			d.diags.Add(f.Pos, "%s has no disposition: say go, private, skip or todo", f.C)
		}
		return
	}
	if !s.key(string(f.Disposition)).Alone {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if k := s.key(key.Value); k != nil && !k.Choice {
			d.diags.Add(d.pos(key), "%s is %s, so %s has no effect", f.C, f.Disposition, key.Value)
		}
	}
}

func (*Arg) short() []Short {
	return []Short{
		{Kind: Text, Key: "name", Doc: "A text is the name of the Go parameter or result."},
		{Kind: Null, Doc: "null has no Go parameter: C always gets NULL."},
		{Kind: Integer, Doc: "A number has no Go parameter: C always gets that number."},
	}
}

// readShort reads a scalar: a text is the Go name, null or a number is what C gets always.
func (a *Arg) readShort(d *decoder, n *yaml.Node) bool {
	switch {
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null":
		a.Fixed = ptr("NULL")
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!int":
		a.Fixed = ptr(d.number(n))
	case n.Kind == yaml.ScalarNode:
		a.Name = d.text(n)
	case n.Kind == yaml.SequenceNode:
		d.diags.Add(d.pos(n), "%s must be its name in Go, or null, or a number, or a mapping, not a list", d.key)
	default:
		return false
	}
	return true
}

// number is the integer n as C spells it: YAML knows more ways.
func (d *decoder) number(n *yaml.Node) string {
	v, ok := new(big.Int).SetString(n.Value, 0)
	if !ok {
		d.diags.Add(d.pos(n), "%s is no number that C knows", n.Value)
		return "0"
	}
	return v.String()
}

func (*TypeField) short() []Short {
	return []Short{{Kind: Text, Key: "doc", Doc: "A text is the comment of the field."}}
}

// readShort reads a text.
func (f *TypeField) readShort(d *decoder, n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode || !isText(n) {
		return false
	}
	f.Doc = d.text(n)
	return true
}

func (*Const) short() []Short {
	return []Short{{Kind: Text, Key: "doc", Doc: "A text is the comment of a constant whose group has `c_prefix`."}}
}

// readShort reads a text.
func (c *Const) readShort(d *decoder, n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode || !isText(n) {
		return false
	}
	c.Doc = d.text(n)
	return true
}

func (*Omission) short() []Short {
	return []Short{{Kind: Text, Key: "reason", Doc: "A text is the reason."}}
}

// readShort reads a text.
func (s *Omission) readShort(d *decoder, n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode || !isText(n) {
		return false
	}
	s.Reason = d.text(n)
	return true
}

// check makes sure that there is a reason.
func (s *Omission) check(d *decoder, _ *yaml.Node, _ *Section) {
	if s.Reason == "" {
		d.diags.Add(s.Pos, "skip %s has no reason", s.C)
	}
}

func (*Acceptance) short() []Short {
	return []Short{{Kind: Text, Key: "reason", Doc: "A text is the reason."}}
}

// readShort reads a text.
func (a *Acceptance) readShort(d *decoder, n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode || !isText(n) {
		return false
	}
	a.Reason = d.text(n)
	return true
}

// check makes sure that there is a reason.
func (a *Acceptance) check(d *decoder, _ *yaml.Node, _ *Section) {
	if a.Reason == "" {
		d.diags.Add(a.Pos, "accept %s has no reason", a.C)
	}
}

func (*Ret) short() []Short {
	return []Short{{Kind: Text, Key: "as", Doc: "A text is the meaning of the return value."}}
}

// readShort reads a text.
func (r *Ret) readShort(d *decoder, n *yaml.Node) bool {
	switch n.Kind {
	case yaml.ScalarNode:
		r.As = d.text(n)
	case yaml.SequenceNode:
		d.diags.Add(d.pos(n), "ret must be a word or a mapping, not a list")
	default:
		return false
	}
	return true
}

func ptr[T any](v T) *T { return &v }
