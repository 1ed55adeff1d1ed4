package release

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-rados/go-rados/gen/model"
)

// parsers has one for each kind of fact: it takes the text after the kind,
// adds to the API what it says, and returns it. The scanner keeps the first
// error; what a parser returns after one is not looked at.
var parsers = map[Kind]func(*reader, *scanner) (f fact, isField bool){
	Callback:   (*reader).callback,
	Deprecated: (*reader).deprecate,
	Enum:       (*reader).enumerator,
	Func:       (*reader).function,
	Layout:     (*reader).layout,
	Macro:      (*reader).macro,
	Typedef:    (*reader).typedef,
}

func (r *reader) callback(s *scanner) (fact, bool) {
	c := &model.Callback{Pos: r.pos(0), Name: s.name()}
	s.want("=")
	c.Result = s.typ()
	s.want("(*)")
	c.Params = s.params()
	r.api.Callbacks = append(r.api.Callbacks, c)
	return callbackFact(c), false
}

func (r *reader) deprecate(s *scanner) (fact, bool) {
	f := deprecatedFact(s.name(), r.pos(0))
	r.deprecated = append(r.deprecated, deprecation{f.name, r.pos(0)})
	return f, false
}

func (r *reader) enumerator(s *scanner) (fact, bool) { return r.constant(s, true), false }

func (r *reader) macro(s *scanner) (fact, bool) { return r.constant(s, false), false }

func (r *reader) constant(s *scanner, enum bool) fact {
	c := &model.Const{Pos: r.pos(0), Name: s.name(), Enum: enum}
	s.want("=")
	c.Value = s.value()
	r.api.Consts = append(r.api.Consts, c)
	return constFact(c)
}

func (r *reader) function(s *scanner) (fact, bool) {
	f := &model.Func{Pos: r.pos(0), Result: s.typ(), Name: s.name()}
	f.Params = s.params()
	r.api.Funcs = append(r.api.Funcs, f)
	return funcFact(f), false
}

// layout reads the size of a struct, or the place of a field of the struct
// whose size came last.
func (r *reader) layout(s *scanner) (f fact, isField bool) {
	name := s.base()
	s.want(":")
	if !s.take("at") {
		st := &model.Struct{Pos: r.pos(0), Name: name, Size: s.number()}
		s.want("bytes")
		st.Packed = s.take(", packed")
		r.api.Structs = append(r.api.Structs, st)
		return structFact(st), false
	}
	if r.last.kind != Layout || r.last.name != name {
		s.fail("the size of %s does not come before its fields", name)
		return f, true
	}
	st := r.api.Structs[len(r.api.Structs)-1]
	st.Fields = append(st.Fields, s.field(st))
	return fieldFact(st, &st.Fields[len(st.Fields)-1]), true
}

func (r *reader) typedef(s *scanner) (fact, bool) {
	t := &model.Typedef{Pos: r.pos(0), Name: s.name()}
	s.want("=")
	t.Type = s.typ()
	r.api.Typedefs = append(r.api.Typedefs, t)
	return typedefFact(t), false
}

// scanner takes one line apart. Its methods go on after an error, and find
// nothing more.
type scanner struct {
	text string
	off  int
	err  string // the first error, at off
}

func (s *scanner) fail(format string, args ...any) {
	if s.err == "" {
		s.err = fmt.Sprintf(format, args...)
	}
}

// match takes what re finds at the start of the rest of the line; re is
// anchored there. It returns "" when there is nothing.
func (s *scanner) match(re *regexp.Regexp) string {
	found := re.FindString(s.rest())
	s.off += len(found)
	return found
}

func (s *scanner) take(literal string) bool {
	ok := strings.HasPrefix(s.rest(), literal)
	if ok {
		s.off += len(literal)
	}
	return ok
}

// rest skips blanks and returns what is left to read.
func (s *scanner) rest() string {
	if s.err != "" {
		return ""
	}
	rest := strings.TrimLeft(s.text[s.off:], " ")
	s.off = len(s.text) - len(rest)
	return rest
}

func (s *scanner) want(literal string) {
	if !s.take(literal) {
		s.fail("want %q", literal)
	}
}

var (
	nameRE   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*`)
	numberRE = regexp.MustCompile(`^[0-9]+`)
	valueRE  = regexp.MustCompile(`^(-?[0-9]+|"([ !#-\[\]-~]|\\["\\]|\\[0-3][0-7]{2})*")`)
	constRE  = regexp.MustCompile(`^const\b`)

	volatileRE = regexp.MustCompile(`^volatile\b`)

	// baseRE finds the words of a type's name: all of "unsigned int" and
	// "struct timespec", but only the first of "size_t len". An enum without a
	// tag is just that.
	baseRE = regexp.MustCompile(`^((struct|union|enum) [A-Za-z_][A-Za-z0-9_]*` +
		`|((un)?signed )?(char|short|int|long long|long)\b` +
		`|[A-Za-z_][A-Za-z0-9_]*)`)
)

func (s *scanner) name() string {
	name := s.match(nameRE)
	if name == "" {
		s.fail("want a name")
	}
	return name
}

func (s *scanner) number() int {
	n, err := strconv.Atoi(s.match(numberRE))
	if err != nil {
		s.fail("want a number")
	}
	return n
}

func (s *scanner) value() string {
	v := s.match(valueRE)
	if v == "" {
		s.fail("want a decimal number or a string")
	}
	return v
}

func (s *scanner) typ() model.Type {
	t := model.Type{Const: s.match(constRE) != "", Volatile: s.match(volatileRE) != "", Base: s.base()}
	for s.take("*") {
		t.Stars = append(t.Stars, s.match(constRE) != "")
	}
	return t
}

func (s *scanner) base() string {
	base := s.match(baseRE)
	if base == "" {
		s.fail("want a type")
	}
	return base
}

func (s *scanner) params() []model.Param {
	s.want("(")
	if s.take("void)") {
		return nil
	}
	var list []model.Param
	for {
		p := model.Param{Type: s.typ(), Name: s.match(nameRE)}
		if p.Type.IsVoid() {
			s.fail("a parameter cannot be void")
		}
		p.Dims = s.dims()
		if p.Dims != nil {
			p.Type.Stars = append(p.Type.Stars, false)
		}
		list = append(list, p)
		if !s.take(",") {
			break
		}
	}
	s.want(")")
	return list
}

// dims reads the lengths of an array.
func (s *scanner) dims() []int {
	var list []int
	for s.take("[") {
		n := 0
		if !strings.HasPrefix(s.rest(), "]") {
			n = s.number()
		}
		list = append(list, n)
		s.want("]")
	}
	return list
}

func (s *scanner) field(of *model.Struct) model.Field {
	f := model.Field{Offset: s.number()}
	s.want(":")
	f.Type, f.Name = s.typ(), s.name()
	if s.take("[") {
		f.Array = s.number()
		s.want("]")
	}
	if n := len(of.Fields); n > 0 && of.Fields[n-1].Offset >= f.Offset {
		s.fail("%s is out of order: fields are sorted by offset", f.Name)
	}
	return f
}
