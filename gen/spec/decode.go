package spec

import (
	"bytes"
	"fmt"
	"io"
	"math/big"
	"os"
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
// It walks the yaml.Nodes by hand because decoding into structs either forgets
// the positions or, with a custom UnmarshalYAML, stops to check for unknown keys.
func Decode(name string, src []byte) (*Spec, error) {
	d := &decoder{file: name}
	s := &Spec{File: name}
	if doc := d.document(src); doc != nil {
		d.spec(doc, s)
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

// keys maps each key that a mapping may have to what reads its value.
type keys map[string]func(*yaml.Node)

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

// mapping reads a mapping of which all keys are known.
func (d *decoder) mapping(n *yaml.Node, what string, known keys) {
	d.each(n, what, func(key, value *yaml.Node) {
		if read, ok := known[key.Value]; ok {
			read(value)
			return
		}
		names := make([]string, 0, len(known))
		for k := range known {
			names = append(names, k)
		}
		slices.Sort(names)
		hint := diag.DidYouMean(key.Value, names)
		if hint == "" {
			hint = "known are " + strings.Join(names, ", ")
		}
		d.diags.Hint(d.pos(key), hint, "unknown key %q in %s", key.Value, what)
	})
}

func (d *decoder) text(to *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if !isText(n) {
			d.diags.Add(d.pos(n), "%s must be a text, not %s", d.key, kind(n))
			return
		}
		*to = strings.TrimSpace(n.Value)
	}
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

func (d *decoder) integer(to *int) func(*yaml.Node) {
	return func(n *yaml.Node) {
		v, err := strconv.Atoi(n.Value)
		if err != nil {
			d.diags.Add(d.pos(n), "%s must be a whole number, not %s", d.key, kind(n))
			return
		}
		*to = v
	}
}

func (d *decoder) boolean(to *bool) func(*yaml.Node) {
	return func(n *yaml.Node) {
		v, err := strconv.ParseBool(n.Value)
		if err != nil || n.ShortTag() != "!!bool" {
			d.diags.Add(d.pos(n), "%s must be true or false, not %s", d.key, kind(n))
			return
		}
		*to = v
	}
}

func (d *decoder) waits(to *Waits) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if !isText(n) || !slices.Contains(AllWaits, Waits(n.Value)) {
			d.diags.Add(d.pos(n), "waits must be one of %s, not %s", joined(AllWaits), kind(n))
			return
		}
		*to = Waits(n.Value)
	}
}

func joined[T ~string](list []T) string {
	var words []string
	for _, word := range list {
		words = append(words, string(word))
	}
	return strings.Join(words, ", ")
}

func (d *decoder) texts(to *[]string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.SequenceNode {
			d.diags.Add(d.pos(n), "%s must be a list of texts, not %s", d.key, kind(n))
			return
		}
		for _, item := range n.Content {
			var s string
			d.text(&s)(item)
			*to = append(*to, s)
		}
	}
}

func (d *decoder) spec(n *yaml.Node, s *Spec) {
	d.mapping(n, "the spec", keys{
		"handles":   func(n *yaml.Node) { d.handles(n, s) },
		"buffers":   func(n *yaml.Node) { d.buffers(n, s) },
		"types":     func(n *yaml.Node) { d.types(n, s) },
		"consts":    func(n *yaml.Node) { d.consts(n, s) },
		"errors":    func(n *yaml.Node) { d.errors(n, s) },
		"functions": func(n *yaml.Node) { d.functions(n, s) },
		"methods":   func(n *yaml.Node) { d.methods(n, s) },
		"iterators": func(n *yaml.Node) { d.iterators(n, s) },

		"completions": func(n *yaml.Node) { d.completions(n, s) },
	})
}

func (d *decoder) handles(n *yaml.Node, s *Spec) {
	d.each(n, "handles", func(key, value *yaml.Node) {
		h := &Handle{Pos: d.pos(key), C: key.Value}
		d.mapping(value, "handle "+h.C, keys{
			"go":       d.text(&h.Go),
			"receiver": d.text(&h.Receiver),
			"field":    d.text(&h.Field),
			"parent":   d.text(&h.Parent),
			"free":     d.text(&h.Free),
			"make":     d.text(&h.Make),
			"ready":    d.text(&h.Ready),
			"closed":   d.text(&h.Closed),
			"accessor": func(n *yaml.Node) { h.Accessor = d.accessor(n, h.Go) },
			"settings": d.boolean(&h.Settings),
			"limited":  d.boolean(&h.Limited),
			"refresh":  d.text(&h.Refresh),
			"doc":      d.text(&h.Doc),
		})
		s.Handles = append(s.Handles, h)
	})
}

func (d *decoder) accessor(n *yaml.Node, of string) *Accessor {
	a := &Accessor{Pos: d.pos(n)}
	d.mapping(n, "the accessor of "+of, keys{
		"name": d.text(&a.Name),
		"type": d.text(&a.Type),
		"doc":  d.text(&a.Doc),
	})
	return a
}

func (d *decoder) buffers(n *yaml.Node, s *Spec) {
	s.Buffers.Pos = d.pos(n)
	d.mapping(n, "buffers", keys{"free": d.text(&s.Buffers.Free)})
}

func (d *decoder) completions(n *yaml.Node, s *Spec) {
	c := &s.Completions
	c.Pos = d.pos(n)
	d.mapping(n, "completions", keys{
		"type":    d.text(&c.Type),
		"make":    d.text(&c.Make),
		"else":    d.text(&c.Else),
		"ended":   d.text(&c.Ended),
		"wait":    d.text(&c.Wait),
		"cancel":  d.text(&c.Cancel),
		"value":   d.text(&c.Value),
		"version": d.text(&c.Version),
		"free":    d.text(&c.Free),
	})
}

func (d *decoder) types(n *yaml.Node, s *Spec) {
	d.each(n, "types", func(key, value *yaml.Node) {
		t := &Type{Pos: d.pos(key), Go: key.Value}
		d.mapping(value, "type "+t.Go, keys{
			"is":     d.text(&t.Is),
			"struct": d.text(&t.Struct),
			"doc":    d.text(&t.Doc),
			"fields": func(n *yaml.Node) { d.typeFields(n, t) },
		})
		s.Types = append(s.Types, t)
	})
}

func (d *decoder) typeFields(n *yaml.Node, t *Type) {
	d.each(n, "the fields of "+t.Go, func(key, value *yaml.Node) {
		f := &TypeField{Pos: d.pos(key), Go: key.Value}
		d.mapping(value, "field "+t.Go+"."+f.Go, keys{
			"type": d.text(&f.Type),
			"c":    d.text(&f.C),
			"doc":  d.text(&f.Doc),
		})
		t.Fields = append(t.Fields, f)
	})
}

func (d *decoder) consts(n *yaml.Node, s *Spec) {
	if n.Kind != yaml.SequenceNode {
		d.diags.Add(d.pos(n), "consts must be a list of groups, not %s", kind(n))
		return
	}
	for _, item := range n.Content {
		g := &ConstGroup{Pos: d.pos(item)}
		d.mapping(item, "a group of consts", keys{
			"doc":   d.text(&g.Doc),
			"names": func(n *yaml.Node) { d.constNames(n, g) },
		})
		s.Consts = append(s.Consts, g)
	}
}

func (d *decoder) constNames(n *yaml.Node, g *ConstGroup) {
	d.each(n, "the names of a group of consts", func(key, value *yaml.Node) {
		c := &Const{Pos: d.pos(key), Go: key.Value}
		d.mapping(value, "const "+c.Go, keys{
			"c":    d.text(&c.C),
			"type": d.text(&c.Type),
			"is":   d.text(&c.Is),
			"doc":  d.text(&c.Doc),
		})
		g.Consts = append(g.Consts, c)
	})
}

func (d *decoder) errors(n *yaml.Node, s *Spec) {
	d.each(n, "errors", func(key, value *yaml.Node) {
		e := &Error{Pos: d.pos(key), Go: key.Value}
		d.mapping(value, "error "+e.Go, keys{
			"errno": d.text(&e.Errno),
			"is":    d.text(&e.Is),
			"text":  d.text(&e.Text),
			"like":  d.text(&e.Like),
			"tells": d.text(&e.Tells),
			"when":  d.text(&e.When),
			"doc":   d.text(&e.Doc),
		})
		s.Errors = append(s.Errors, e)
	})
}

func (d *decoder) functions(n *yaml.Node, s *Spec) {
	d.each(n, "functions", func(key, value *yaml.Node) {
		f := &Function{Pos: d.pos(key), C: key.Value}
		known := keys{
			"doc":     d.text(&f.Doc),
			"args":    d.args(&f.Args),
			"ret":     d.ret(&f.Ret),
			"into":    d.text(&f.Into),
			"named":   d.texts(&f.Named),
			"setup":   d.boolean(&f.Setup),
			"held":    d.boolean(&f.Held),
			"waits":   d.waits(&f.Waits),
			"keep":    d.text(&f.Keep),
			"amends":  d.boolean(&f.Amends),
			"changes": d.boolean(&f.Changes),
			"lingers": d.boolean(&f.Lingers),
			"twin":    d.text(&f.Twin),
			"instead": d.texts(&f.Instead),
			"else":    d.text(&f.Else),
			"environ": d.text(&f.Environ),
			"forms":   func(n *yaml.Node) { d.forms(n, f) },

			"admitted":  d.boolean(&f.Admitted),
			"before":    d.text(&f.Before),
			"fresh_map": d.texts(&f.FreshMap),
		}
		for _, disposition := range Dispositions {
			known[string(disposition)] = func(n *yaml.Node) {
				if f.Disposition != "" {
					d.diags.Add(d.pos(n), "%s has two dispositions, %s and %s", f.C, f.Disposition, disposition)
				}
				f.Disposition = disposition
				d.text(&f.Target)(n)
			}
		}
		d.mapping(value, "function "+f.C, known)
		d.bare(value, f, known)
		s.Functions = append(s.Functions, f)
	})
}

// bare makes sure that a function has a disposition, and that one which is not
// called from Go has nothing else: it would be passed over.
func (d *decoder) bare(n *yaml.Node, f *Function, known keys) {
	switch f.Disposition {
	case "":
		if n.Kind == yaml.MappingNode {
			d.diags.Add(f.Pos, "%s has no disposition: say go, via, raw, skip or todo", f.C)
		}
	case Via, Skip, Todo:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if known[key.Value] != nil && !slices.Contains(Dispositions, Disposition(key.Value)) {
				d.diags.Add(d.pos(key), "%s is %s, so %s says nothing", f.C, f.Disposition, key.Value)
			}
		}
	}
}

func (d *decoder) forms(n *yaml.Node, f *Function) {
	d.each(n, "the forms of "+f.C, func(key, value *yaml.Node) {
		form := &Form{Pos: d.pos(key), Go: key.Value}
		d.mapping(value, "form "+form.Go, keys{
			"doc":   d.text(&form.Doc),
			"args":  d.args(&form.Args),
			"named": d.texts(&form.Named),
		})
		f.Forms = append(f.Forms, form)
	})
}

func (d *decoder) methods(n *yaml.Node, s *Spec) {
	d.each(n, "methods", func(key, value *yaml.Node) {
		m := &Method{Pos: d.pos(key), Go: key.Value}
		d.mapping(value, "method "+m.Go, keys{
			"doc":     d.text(&m.Doc),
			"named":   d.texts(&m.Named),
			"params":  d.texts(&m.Params),
			"setup":   d.boolean(&m.Setup),
			"waits":   d.waits(&m.Waits),
			"changes": d.boolean(&m.Changes),
			"before":  d.text(&m.Before),
			"instead": d.texts(&m.Instead),
			"steps":   func(n *yaml.Node) { d.steps(n, m) },
		})
		s.Methods = append(s.Methods, m)
	})
}

func (d *decoder) iterators(n *yaml.Node, s *Spec) {
	d.each(n, "iterators", func(key, value *yaml.Node) {
		it := &Iterator{Pos: d.pos(key), C: key.Value}
		d.mapping(value, "iterator "+it.C, keys{
			"drain": d.text(&it.Drain),
			"until": d.text(&it.Until),
			"free":  d.text(&it.Free),
			"args":  d.args(&it.Args),
		})
		s.Iterators = append(s.Iterators, it)
	})
}

func (d *decoder) steps(n *yaml.Node, m *Method) {
	if n.Kind != yaml.SequenceNode {
		d.diags.Add(d.pos(n), "the steps of %s must be a list, not %s", m.Go, kind(n))
		return
	}
	for _, item := range n.Content {
		step := &Step{Pos: d.pos(item)}
		d.mapping(item, "a step of "+m.Go, keys{
			"call":     d.text(&step.Call),
			"drain":    d.text(&step.Drain),
			"until":    d.text(&step.Until),
			"as":       d.text(&step.As),
			"free":     d.text(&step.Free),
			"replaces": d.boolean(&step.Replaces),
			"twin":     d.text(&step.Twin),
			"args":     d.args(&step.Args),
			"ret":      d.ret(&step.Ret),
		})
		m.Steps = append(m.Steps, step)
	}
}

func (d *decoder) args(to *map[string]*Arg) func(*yaml.Node) {
	return func(n *yaml.Node) {
		*to = make(map[string]*Arg)
		d.each(n, "args", func(key, value *yaml.Node) {
			(*to)[key.Value] = d.arg(key, value)
		})
	}
}

// arg reads one argument: a bare word is its Go name, null or a number is what
// C gets always, a mapping says more.
func (d *decoder) arg(key, n *yaml.Node) *Arg {
	a := &Arg{Pos: d.pos(key)}
	switch {
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null":
		a.Fixed = ptr("NULL")
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!int":
		a.Fixed = ptr(d.number(n))
	case n.Kind == yaml.ScalarNode:
		d.text(&a.Name)(n)
	case n.Kind == yaml.SequenceNode:
		d.diags.Add(d.pos(n), "%s must be its name in Go, or null, or a number, or a mapping, not a list", key.Value)
	default:
		d.mapping(n, "argument "+key.Value, keys{
			"as":      d.text(&a.As),
			"name":    d.text(&a.Name),
			"type":    d.text(&a.Type),
			"field":   d.text(&a.Field),
			"with":    d.text(&a.With),
			"on":      d.text(&a.On),
			"first":   d.integer(&a.First),
			"covers":  d.texts(&a.Covers),
			"count":   d.text(&a.Count),
			"prepend": d.text(&a.Prepend),
			"free":    d.text(&a.Free),
			"empty":   d.text(&a.Empty),
			"allowed": d.texts(&a.Allowed),
		})
	}
	return a
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

func (d *decoder) ret(to **Ret) func(*yaml.Node) {
	return func(n *yaml.Node) {
		r := &Ret{Pos: d.pos(n)}
		*to = r
		if n.Kind == yaml.ScalarNode {
			d.text(&r.As)(n)
			return
		}
		if n.Kind == yaml.SequenceNode {
			d.diags.Add(d.pos(n), "ret must be a word or a mapping, not a list")
			return
		}
		d.mapping(n, "ret", keys{
			"as":     d.text(&r.As),
			"type":   d.text(&r.Type),
			"field":  d.text(&r.Field),
			"codes":  d.texts(&r.Codes),
			"closed": d.text(&r.Closed),
		})
	}
}

func ptr[T any](v T) *T { return &v }
