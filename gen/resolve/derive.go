package resolve

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/spec"
)

// finish derives what follows from the calls of m and their arguments, and adds m to the plan.
func (r *resolver) finish(m *ir.Method) {
	m.Async = m.Any(func(p *ir.Part) bool { return p.Completion })
	m.HasInput = m.Any(func(p *ir.Part) bool { return p.HasInput })
	m.HasCode = m.Any(func(p *ir.Part) bool { return p.HasCode })
	m.HasResult = m.Any(func(p *ir.Part) bool { return p.HasResult })
	m.Results = results(m)
	if m.Env != "" {
		m.Refusals = []ir.Refusal{r.roles.Environ()}
	}
	m.CanFail = canFail(m)
	m.HasError, m.BareError = hasError(m), r.bareError(m.FullName())
	m.StoresError = m.Recv != nil && m.Access != ir.Close && m.Access != ir.Record && !m.HasError && len(m.Results) == 0
	m.GuardedInC = guardedInC(m)
	for a := range m.Args() {
		if a.Guarded = m.GuardedInC; a.Guarded {
			a.Part = r.roles.Part(a) // the names in C of the receiver follow from it
		}
	}
	var objects []string
	for _, call := range m.Calls {
		if call.Ret.Object {
			objects = append(objects, call.As)
		}
	}
	r.separate(m.FullName(), m.ShimArgs(), objects...)
	m.Params = params(m)
	if m.Waits == "" {
		m.Waits = r.waits(m)
	}
	m.Subject = subject(m)
	m.Task = m.CanBeTask() && m.NoTask == ""
	r.blocking(m)
	r.refreshing(m)
	r.nameForms(m)
	r.Methods = append(r.Methods, m)
}

// waits returns what m waits for if its entry does not say so and it must be known.
func (r *resolver) waits(m *ir.Method) spec.Waits {
	if m.Spec == nil || m.Recv.Throttle() == nil || m.Async || m.Access == ir.Close || m.Access == ir.Record {
		return ""
	}
	var waits spec.Waits
	for _, key := range slices.Sorted(maps.Keys(r.spec.Blocking)) {
		for _, name := range r.spec.Blocking[key].Functions {
			if !covers(name, m.Calls[0].Function.Name) {
				continue
			}
			r.defaultTo[name] = true
			if waits != "" && waits != spec.Waits(key) {
				r.diags.Add(m.Pos, "%s: blocking has it with %s and with %s: say waits", m.FullName(), waits, key)
			}
			waits = spec.Waits(key)
		}
	}
	return waits
}

// covers reports whether pattern is the name of a function, or its beginning and a *.
func covers(pattern, name string) bool {
	prefix, open := strings.CutSuffix(pattern, "*")
	return pattern == name || open && strings.HasPrefix(name, prefix)
}

// The marks that stand in a doc comment for a sentence about what the method blocks for, and about
// the map that it waits for.
const (
	waitsMark = "{waits}"
	mapMark   = "{map}"
)

// contextMark stands in these sentences for a link to the method's form with a context.
const contextMark = "{context}"

// contextClause is the clause of a sentence that has it.
var contextClause = regexp.MustCompile(`;\s+` + regexp.QuoteMeta(contextMark) + `[^.]*`)

// blocking puts the sentence about what m blocks for into its doc comment.
func (r *resolver) blocking(m *ir.Method) {
	if m.Async {
		m.Sentence = r.spec.Completions.Doc
	}
	b := r.spec.Blocking[string(m.Waits)]
	if b != nil {
		m.Sentence = b.Doc
	}
	if !strings.Contains(m.Doc, waitsMark) {
		return
	}
	if b != nil {
		r.sentences[string(m.Waits)] = true
	}
	if m.Sentence == "" {
		r.diags.Add(m.Pos, "the doc of %s has %s, but the spec has no sentence about what it blocks for", m.FullName(), waitsMark)
	}
	m.Doc = withSentence(m.Doc, waitsMark, m.Sentence, m.FullName())
}

// withSentence puts a sentence about the method of that full name into doc, in the place of mark. It leaves
// the clause about the form with a context out if doc mentions that already.
func withSentence(doc, mark, sentence, full string) string {
	link := "[" + full + "Context]"
	if strings.Contains(doc, link) { // once is enough
		sentence = contextClause.ReplaceAllString(sentence, "")
	}
	return strings.ReplaceAll(doc, mark, strings.ReplaceAll(sentence, contextMark, link))
}

// refreshing puts the sentence about the newest map into the doc comment of m.
func (r *resolver) refreshing(m *ir.Method) {
	sentence := ""
	for h := m.Recv; h != nil && sentence == ""; h = h.Owner {
		sentence = h.RefreshDoc
	}
	if m.Sentence == "" && m.WaitsForMap() {
		m.Sentence = sentence
	}
	if !strings.Contains(m.Doc, mapMark) {
		return
	}
	if sentence == "" || m.FreshMap == nil && m.Before == nil {
		r.diags.Add(m.Pos, "the doc of %s has %s, but it has neither fresh_map nor before, or its handle no refresh_doc", m.FullName(), mapMark)
	}
	m.Doc = withSentence(m.Doc, mapMark, sentence, m.FullName())
}

// params returns the Go parameters of m, in order.
func params(m *ir.Method) []ir.Var {
	var list []ir.Var
	for a := range m.Args() {
		list = append(list, a.Part.Params...)
	}
	if m.Order != nil {
		slices.SortStableFunc(list, func(a, b ir.Var) int {
			return slices.Index(m.Order, a.Name) - slices.Index(m.Order, b.Name)
		})
	}
	if m.Private() && m.HasCode {
		list = append(list, ir.Var{Name: "receiver", Type: "oplog.Receiver"})
	}
	return list
}

// subjects are the C parameters that name what a function is about: an object, or a pool.
var subjects = []string{"o", "oid", "soid", "pool_name"}

// subject returns the Go parameter that names what m is about, or "".
func subject(m *ir.Method) string {
	for a := range m.Args() {
		if slices.Contains(subjects, a.Param.Name) && len(a.Part.Params) == 1 {
			return a.Part.Params[0].Name
		}
	}
	return ""
}

// results returns the Go results of m without the error, in order. Those that are fields
// of a struct come as that struct.
func results(m *ir.Method) []ir.Result {
	switch {
	case m.Access == ir.Record && m.StepResult != nil && !m.Private():
		return []ir.Result{{Name: "result", Type: "*" + m.StepResult.Go}}
	case m.Access == ir.Close || m.Access == ir.Record:
		return nil
	}
	var list []ir.Result
	if ret := m.Ret(); ret.Result && ret.Field == "" {
		list = append(list, ir.Result{Name: "ret", Type: ret.Type})
	}
	for a := range m.Args() {
		if a.Keys.Field == "" {
			list = append(list, a.Part.Results...)
		}
	}
	if m.Struct != nil {
		typ := m.Struct.Go
		if m.Pointer {
			typ = "*" + typ
		}
		list = append(list, ir.Result{Name: m.Struct.Go, Type: typ})
	}
	return list
}

// hasError reports whether m returns an error.
func hasError(m *ir.Method) bool {
	refuses := func(p *ir.Part) bool { return p.Adopts != nil || p.Enters || p.Refusals != nil }
	switch {
	case m.Access == ir.Close || m.Access == ir.Record:
		return false
	case cFails(m) || m.Env != "" || m.Any(refuses):
		return true
	case m.Recv == nil:
		return m.CanFail
	case m.Ret().Probes:
		return true
	}
	// A call that cannot fail is impossible with a closed handle; the spec says what
	// is returned then, or the method returns an error.
	return len(m.Results) > 0 && m.Ret().Closed == ""
}

// bareError reports whether programs compare the error of that function or method with ==.
func (r *resolver) bareError(name string) bool { return slices.Contains(r.spec.BareErrors.Names, name) }

// canFail reports whether the C function of m may return an error: because the library does,
// because it refuses an argument, or because the library lacks a function.
func canFail(m *ir.Method) bool {
	return cFails(m) || m.Any(func(p *ir.Part) bool { return p.Checked }) || len(m.MayLack())+len(m.Changing()) > 0
}

func cFails(m *ir.Method) bool {
	// The end of an asynchronous call has a code, even where its start has none.
	return m.Async || slices.ContainsFunc(m.Calls, func(c *ir.Call) bool { return c.Ret.HasError })
}

// guardedInC reports whether the C function of m enters and exits the handle itself, which
// spares Go two calls. Its result then also has to say that the handle was not entered,
// for which a result that may be an error has room: but not where even an
// error may be an answer, nor where the object that was made becomes a Go handle
// before its owner may be left.
func guardedInC(m *ir.Method) bool {
	access := m.Access == ir.Ready || m.Access == ir.Setup || m.Access == ir.Unguarded && m.CompletesOnCallback
	return m.Recv != nil && access && m.HasError && m.CanFail &&
		(!m.Ret().Answers || m.Async) && m.Replaces() == nil && (m.Adopts() == nil || m.Async)
}

// nameForms adds the names of the other forms of m.
func (r *resolver) nameForms(m *ir.Method) {
	if m.Recv == nil || m.Name == "" {
		return // which is said elsewhere
	}
	for _, name := range m.Forms() {
		r.name(m.Pos, m.Recv.Go+"."+name, name, false)
	}
	if m.HasContextForm() {
		r.name(m.Pos, m.FullName()+"Context", m.Name+"Context", true)
	}
	if m.Task {
		r.name(m.Pos, m.Recv.Tasks+"."+m.Name, m.Name, true)
		r.name(m.Pos, m.TaskArgs(), m.TaskArgs(), false)
	}
	if m.OlderTask != "" {
		_, last, _ := strings.Cut(m.OlderTask, ".")
		r.name(m.Pos, m.OlderTask, last, true)
	}
}

// separate makes sure that no two things have one name in a C function: arguments have the names
// of the header unless those are taken.
func (r *resolver) separate(where string, args []*ir.Arg, taken ...string) {
	for _, a := range args {
		collides := func() bool {
			return slices.ContainsFunc(a.Part.CNames, func(name string) bool { return slices.Contains(taken, name) })
		}
		for range 8 { // fewer names than that end in underscores
			if !collides() {
				break
			}
			for _, p := range a.Parts() {
				a.Rename(p.Name, a.CName(p.Name)+"_")
			}
			a.Part = r.roles.Part(a)
		}
		if collides() {
			r.diags.Add(a.Pos, "%s: its C function would have two things called %s, of which %s is one", where, a.Part.CNames[0], a.Param.Name)
		}
		taken = append(taken, a.Part.CNames...)
	}
}
