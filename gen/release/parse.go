package release

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-rados/go-rados/gen/model"
)

// parsers maps each kind of declaration to the function that parses the text
// after the kind and adds the declaration to the API. The scanner keeps the first
// error; the result of a parser is ignored after one.
var parsers = map[Kind]func(*reader, *scanner) (f declaration, isField bool){
	Callback:   (*reader).callback,
	Deprecated: (*reader).deprecate,
	Enum:       (*reader).enumerator,
	Func:       (*reader).function,
	Layout:     (*reader).layout,
	LeftOut:    (*reader).leftOut,
	Macro:      (*reader).macro,
	Typedef:    (*reader).typedef,

	Unsupported: (*reader).unsupported,
}

func (r *reader) callback(s *scanner) (declaration, bool) {
	c := &model.Callback{Pos: r.pos(0), Name: s.name()}
	s.want("=")
	c.Result = s.typ()
	s.want("(*)")
	c.Params = s.params()
	r.api.Callbacks = append(r.api.Callbacks, c)
	return callbackDecl(c), false
}

func (r *reader) deprecate(s *scanner) (declaration, bool) {
	f := deprecatedDecl(s.name(), r.pos(0))
	r.deprecated = append(r.deprecated, deprecation{f.name, r.pos(0)})
	return f, false
}

func (r *reader) enumerator(s *scanner) (declaration, bool) { return r.constant(s, true), false }

func (r *reader) macro(s *scanner) (declaration, bool) { return r.constant(s, false), false }

func (r *reader) constant(s *scanner, enum bool) declaration {
	c := &model.Const{Pos: r.pos(0), Name: s.name(), Enum: enum}
	s.want("=")
	c.Value = s.value()
	r.api.Consts = append(r.api.Consts, c)
	return constDecl(c)
}

func (r *reader) function(s *scanner) (declaration, bool) {
	f := &model.Func{Pos: r.pos(0), Result: s.typ(), Name: s.name()}
	f.Params = s.params()
	f.NameInline()
	r.api.Funcs = append(r.api.Funcs, f)
	return funcDecl(f), false
}

// layout reads the size of a struct, or the offset of a field of the struct
// whose size was read last.
func (r *reader) layout(s *scanner) (f declaration, isField bool) {
	name := s.base()
	s.want(":")
	if !s.take("at") {
		st := &model.Struct{Pos: r.pos(0), Name: name, Size: s.number()}
		s.want("bytes")
		st.Packed = s.take(", packed")
		r.api.Structs = append(r.api.Structs, st)
		return structDecl(st), false
	}
	if r.last.kind != Layout || r.last.name != name {
		s.fail("the size of %s does not come before its fields", name)
		return f, true
	}
	st := r.api.Structs[len(r.api.Structs)-1]
	st.Fields = append(st.Fields, s.field(st))
	return fieldDecl(st, &st.Fields[len(st.Fields)-1]), true
}

func (r *reader) typedef(s *scanner) (declaration, bool) {
	t := &model.Typedef{Pos: r.pos(0), Name: s.name()}
	s.want("=")
	t.Type = s.typ()
	r.api.Typedefs = append(r.api.Typedefs, t)
	return typedefDecl(t), false
}

func (r *reader) leftOut(s *scanner) (declaration, bool) {
	o := r.omission(s)
	r.api.LeftOut = append(r.api.LeftOut, o)
	return omissionDecl(LeftOut, o), false
}

func (r *reader) unsupported(s *scanner) (declaration, bool) {
	o := r.omission(s)
	r.api.Unsupported = append(r.api.Unsupported, o)
	return omissionDecl(Unsupported, o), false
}

// omission reads what the model lacks, and the reason, which is the rest of the line.
func (r *reader) omission(s *scanner) *model.Omission {
	o := &model.Omission{Pos: r.pos(0), Name: s.match(omittedRE)}
	if o.Name == "" {
		s.fail("want a name")
	}
	s.want(":")
	if o.Reason = s.rest(); o.Reason == "" {
		s.fail("want a reason")
	}
	s.off += len(o.Reason)
	return o
}

// scanner splits a line. After an error its methods match nothing.
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

// match consumes and returns the match of re at the start of the rest of the
// line, or returns "". re must be anchored.
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

// rest skips blanks and returns the unread text.
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
	// A name may have a dollar, as GNU C allows.
	nameRE   = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$]*`)
	numberRE = regexp.MustCompile(`^[0-9]+`)
	valueRE  = regexp.MustCompile(`^(-?[0-9]+|"([ !#-\[\]-~]|\\["\\]|\\[0-3][0-7]{2})*")`)
	constRE  = regexp.MustCompile(`^const\b`)

	// omittedRE matches the name of an omission, which has no colon.
	omittedRE = regexp.MustCompile(`^[ -9;-~]+`)

	volatileRE = regexp.MustCompile(`^volatile\b`)

	// baseRE matches the words of a type's name: all of "unsigned int" and
	// "struct timespec", but only the first of "size_t len". An enum without a
	// tag is "enum".
	baseRE = regexp.MustCompile(`^((struct|union|enum) [A-Za-z_$][A-Za-z0-9_$]*` +
		`|((un)?signed )?(char|short|int|long long|long)\b` +
		`|[A-Za-z_$][A-Za-z0-9_$]*)`)
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
		p := model.Param{Type: s.typ()}
		if s.take("(*") {
			p.Func = &model.Callback{Result: p.Type}
			p.Name = s.match(nameRE)
			s.want(")")
			p.Func.Params = s.params()
		} else {
			p.Name = s.match(nameRE)
		}
		if p.Type.IsVoid() && p.Func == nil {
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
