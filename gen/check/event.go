package check

import (
	"slices"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
)

// maxNumbers is the number of numbers of an event.
const maxNumbers = 3

// event makes sure that the parameters of a callback fit the parts of its event.
func (k *checker) event(e *ir.Event) {
	name := e.Callback.Name
	complain := func(format string, args ...any) {
		k.diags.Hint(e.Pos, name+" = "+e.Callback.Signature(), "event "+name+": "+format, args...)
	}
	parts := []struct {
		key    string
		params []*model.Param
		wants  string
		fits   func(*model.Param) bool
	}{
		{"token", []*model.Param{e.Token}, "a void *", ir.IsToken},
		{"numbers", e.Numbers, "an integer", k.isNumber},
		{"error", []*model.Param{e.Error}, "an int", ir.IsErrno},
		{"data", []*model.Param{e.Data}, "a void * or char * with a length", func(p *model.Param) bool { return ir.IsData(p) && e.Length != nil }},
		{"length", []*model.Param{e.Length}, "a size_t", func(p *model.Param) bool { return e.Data == nil || p.Type.Is("size_t", 0) }},
		{"texts", e.Texts, "a const char *", ir.IsText},
	}
	seen := make(map[*model.Param]string)
	for _, part := range parts {
		for _, p := range part.params {
			switch {
			case p == nil:
			case seen[p] != "":
				complain("%s is given twice, as %s and as %s", p.Name, seen[p], part.key)
			case !part.fits(p):
				complain("%s wants %s, not %s", part.key, part.wants, p.Declare())
			default:
				seen[p] = part.key
			}
		}
	}
	switch {
	case !e.Callback.Result.IsVoid() && (e.Returns == "" || e.Callback.Result.IsPointer()):
		complain("the callback returns something, which must be known before Go has the event: say returns, if it is always the same number")
	case e.Callback.Result.IsVoid() && e.Returns != "":
		complain("the callback returns nothing, so returns has no effect")
	case e.Returns != "" && !numberRE.MatchString(e.Returns):
		complain("returns must be a number, not %s", e.Returns)
	case len(e.Numbers) > maxNumbers:
		complain("an event has %d numbers at most", maxNumbers)
	case e.Token == nil:
		complain("it has no token, by which its receiver is found")
	case e.Data != nil && e.Texts != nil:
		complain("an event has either data or texts")
	case e.Data == nil && e.Length != nil:
		complain("length has no effect without data")
	case !slices.ContainsFunc(k.Methods, func(m *ir.Method) bool { return callsBack(m, name) }):
		complain("it has no effect: no method has such a callback")
	}
}

// callsBack reports whether a C function of m takes a callback of that C type.
func callsBack(m *ir.Method, name string) bool {
	return m.Any(func(p *ir.Part) bool { return p.CallsBack == name })
}

func (k *checker) isNumber(p *model.Param) bool {
	return !p.Type.IsPointer() && ctype.IsInteger(k.union.Basic(p.Type))
}
