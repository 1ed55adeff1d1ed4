package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/load"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
	"github.com/go-rados/go-rados/gen/resolve"
	"github.com/go-rados/go-rados/gen/spec"
)

// reviewMark begins the comment above an entry that the generator has appended to a spec.
const reviewMark = "# review: "

// addStanzas appends to a spec entries for the functions and constants of its snapshots that have none, if
// they follow from the header, and prints the questions about the others.
func addStanzas(folder string, out io.Writer) error {
	in, err := load.Read(".", folder)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(in.SpecFile())
	if err != nil {
		return err
	}
	s := &stanzaWriter{Input: in, text: string(text)}
	s.constants()
	drafts := s.drafts()
	sure, err := s.sure(drafts)
	if err != nil {
		return err
	}
	if s.text = s.with(sure); s.text != string(text) {
		if err := os.WriteFile(in.SpecFile(), []byte(s.text), 0o666); err != nil {
			return err
		}
	}
	for _, d := range sure {
		s.appended = append(s.appended, d.f.Name)
	}
	s.report(drafts, out)
	return nil
}

type stanzaWriter struct {
	*load.Input
	text     string   // of the spec
	appended []string // C names
	unknown  []string // questions about constants
}

// draft is an entry for a function.
type draft struct {
	f         *model.Func
	since     string
	target    string // in Go
	entry     string // below functions:
	waits     bool   // a method that may block its thread
	questions []diag.Diagnostic
}

// drafts makes entries for the functions that have none.
func (s *stanzaWriter) drafts() []*draft {
	known := resolve.Mentioned(s.Spec)
	for _, f := range s.Spec.Functions {
		known[f.C] = f.Pos
	}
	for _, e := range s.Union.Funcs {
		if s.takesCompletion(e.Decl) { // the function that does the same and blocks belongs to it
			name, _ := strings.CutPrefix(e.Name, s.Spec.Library.Prefix+s.Spec.Completions.Infix)
			known[s.Spec.Library.Prefix+name] = e.Decl.Pos
		}
	}
	var list []*draft
	for _, e := range s.Union.Funcs {
		if _, ok := known[e.Name]; ok {
			continue
		}
		d := &draft{f: e.Decl, since: e.Since}
		h := s.handle(e.Decl)
		d.target = s.goName(e.Name, h)
		doc := fmt.Sprintf("%s calls %s.", d.target[strings.LastIndex(d.target, ".")+1:], e.Name)
		completes := s.takesCompletion(e.Decl)
		d.waits = h != nil && h.OpNew == "" && !completes && !s.blocks(e.Name)
		switch {
		case e.Decl.Deprecated:
			d.entry = `{skip: "deprecated by the header"}`
		case completes:
			d.entry = fmt.Sprintf("{go: %s, doc: %q}", d.target, doc+" {waits}")
		default:
			d.entry = fmt.Sprintf("{go: %s, doc: %q}", d.target, doc)
		}
		list = append(list, d)
	}
	return list
}

// handle returns the handle of the first parameter that is one, or nil.
func (s *stanzaWriter) handle(f *model.Func) *spec.Handle {
	for _, p := range f.Params {
		for _, h := range s.Spec.Handles {
			if p.Type.Is(h.C, 0) {
				return h
			}
		}
	}
	return nil
}

func (s *stanzaWriter) takesCompletion(f *model.Func) bool {
	return slices.ContainsFunc(f.Params, func(p model.Param) bool { return p.Type.Is(s.Spec.Completions.Type, 0) })
}

// blocks reports whether the spec says in general what the function of that name waits for.
func (s *stanzaWriter) blocks(name string) bool {
	for _, b := range s.Spec.Blocking {
		for _, pattern := range b.Functions {
			if begin, ok := strings.CutSuffix(pattern, "*"); pattern == name || ok && strings.HasPrefix(name, begin) {
				return true
			}
		}
	}
	return false
}

// goName proposes a name in Go for a function: that in C without the words that name the library, the
// type of the handle and asynchronous calls.
func (s *stanzaWriter) goName(name string, h *spec.Handle) string {
	name = strings.TrimPrefix(name, s.Spec.Library.Prefix)
	if s.Spec.Completions.Infix != "" {
		name = strings.TrimPrefix(name, s.Spec.Completions.Infix)
	}
	if h == nil {
		return camel(name)
	}
	kind := strings.TrimSuffix(strings.TrimPrefix(h.C, s.Spec.Library.Prefix), "t")
	if rest := strings.TrimPrefix(name, kind); kind != "" && rest != "" {
		name = rest
	}
	return h.Go + "." + camel(name)
}

func camel(name string) string {
	var b strings.Builder
	for _, word := range strings.Split(strings.ToLower(name), "_") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// with returns the text of the spec with drafts below functions:.
func (s *stanzaWriter) with(drafts []*draft) string {
	var b strings.Builder
	for _, d := range drafts {
		fmt.Fprintf(&b, "  %sof Ceph %s\n  %s: %s\n", reviewMark, d.since, d.f.Name, d.entry)
	}
	return strings.Replace(s.text, "\nfunctions:\n", "\nfunctions:\n"+b.String(), 1)
}

// sure returns the drafts about which there is no question, and notes the questions of the others.
func (s *stanzaWriter) sure(drafts []*draft) ([]*draft, error) {
	sure := drafts
	for {
		text := s.with(sure)
		decoded, err := spec.Decode(s.SpecFile(), []byte(text))
		if err != nil {
			return nil, err
		}
		lines := strings.Split(text, "\n")
		byName := make(map[string]*draft)
		for _, d := range sure {
			byName[d.f.Name] = d
		}
		_, err = load.Build(decoded, s.Union)
		for _, found := range diagnostics(err) {
			if at := found.Pos.Line; found.Pos.File == s.SpecFile() && at > 0 && at <= len(lines) {
				name, _, _ := strings.Cut(strings.TrimSpace(lines[at-1]), ":")
				if d := byName[name]; d != nil {
					d.questions = append(d.questions, found)
				}
			}
		}
		before := len(sure)
		sure = slices.DeleteFunc(slices.Clone(sure), func(d *draft) bool { return d.questions != nil })
		if len(sure) == before {
			return sure, nil
		}
	}
}

// diagnostics returns those of the error of load.Build.
func diagnostics(err error) []diag.Diagnostic {
	var list []diag.Diagnostic
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			if d := (diag.Diagnostic{}); errors.As(e, &d) {
				list = append(list, d)
			}
		}
	}
	return list
}

// constants appends the constants without an entry whose names begin like those of a group.
func (s *stanzaWriter) constants() {
	bound := make(map[string]bool)
	for _, o := range s.Spec.Skips {
		bound[o.C] = true
	}
	if p, _ := resolve.Plan(s.Spec, s.Union, load.Roles); p != nil {
		for _, g := range p.Consts {
			for _, c := range g.Consts {
				bound[c.C] = true
			}
		}
	}
	for _, e := range slices.Backward(s.Union.Consts) { // each insertion is above those before it
		if bound[e.Name] {
			continue
		}
		if g := s.group(e.Name); g != nil {
			s.insert(g, e)
			s.appended = append([]string{e.Name}, s.appended...)
		} else {
			s.unknown = append([]string{fmt.Sprintf("%s = %s of Ceph %s: bind it below consts:, or say below skip: why not", e.Name, e.Decl.Value, e.Since)}, s.unknown...)
		}
	}
}

// group returns the group of constants that have the longest common beginning with a name.
func (s *stanzaWriter) group(name string) *spec.ConstGroup {
	var best *spec.ConstGroup
	for _, g := range s.Spec.Consts {
		if g.CPrefix != "" && strings.HasPrefix(name, g.CPrefix) && len(g.Consts) > 0 && (best == nil || len(g.CPrefix) > len(best.CPrefix)) {
			best = g
		}
	}
	return best
}

// insert writes the entry of a constant above the first one of its group.
func (s *stanzaWriter) insert(g *spec.ConstGroup, e *release.Entry[model.Const]) {
	name := g.Prefix + camel(strings.TrimPrefix(e.Name, g.CPrefix))
	first := regexp.MustCompile(`(?m)^( +)` + regexp.QuoteMeta(g.Consts[0].Go) + `:`)
	entry := fmt.Sprintf("${1}%sof Ceph %s\n${1}%s: is %s.\n${0}", reviewMark, e.Since, name, e.Name)
	done := false
	s.text = first.ReplaceAllStringFunc(s.text, func(line string) string {
		if done {
			return line
		}
		done = true
		return first.ReplaceAllString(line, entry)
	})
}

var unclearRE = regexp.MustCompile(`what (\w+) means`)

// report prints what was appended, and the questions of each function.
func (s *stanzaWriter) report(drafts []*draft, out io.Writer) {
	if len(s.appended) > 0 {
		fmt.Fprintf(out, "%s: appended, to be reviewed: %s\n", s.SpecFile(), strings.Join(s.appended, ", "))
	}
	for _, text := range s.unknown {
		fmt.Fprintln(out, text)
	}
	for _, d := range drafts {
		if d.questions == nil {
			continue
		}
		fmt.Fprintf(out, "%s of Ceph %s: answer what follows, and paste this below functions: and complete it\n  # %s\n  %s: %s\n",
			d.f.Name, d.since, d.f.Prototype(), d.f.Name, d.stanza())
		for _, q := range d.questions {
			fmt.Fprintf(out, "  - %s\n", strings.TrimPrefix(q.Text, d.f.Name+": "))
		}
		if d.waits && !d.asksFor("may block its thread") {
			fmt.Fprintf(out, "  - %s may block its thread: say what it waits for, waits: osd, mon, mgr or nothing\n", d.target)
		}
		if older := s.older(d.f.Name); older != "" {
			fmt.Fprintf(out, "  - if it replaces %s: like: %[1]s takes its keys, and else: %[1]s has it called where the library is older\n", older)
		}
	}
}

// older returns the bound function whose name differs in its last number only, or "".
func (s *stanzaWriter) older(name string) string {
	base := func(name string) string { return strings.TrimRight(name, "0123456789") }
	for _, f := range slices.Backward(s.Spec.Functions) {
		bound := f.Disposition == spec.Go || f.Disposition == spec.Private
		if bound && f.C != name && base(f.C) == base(name) {
			return f.C
		}
	}
	return ""
}

func (d *draft) asksFor(text string) bool {
	return slices.ContainsFunc(d.questions, func(q diag.Diagnostic) bool { return strings.Contains(q.Text, text) })
}

// stanza returns the entry with a gap for each answer.
func (d *draft) stanza() string {
	var args []string
	for _, q := range d.questions {
		if m := unclearRE.FindStringSubmatch(q.Text); m != nil {
			args = append(args, m[1]+": {as: }")
		}
	}
	text := "{go: " + d.target
	if d.waits {
		text += ", waits: "
	}
	if args != nil {
		text += ", args: {" + strings.Join(args, ", ") + "}"
	}
	return text + ", doc: }"
}

// unreviewed returns an error that names the entries of a spec which are to be reviewed.
func unreviewed(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var diags diag.List
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		if at := strings.Index(line, reviewMark); at >= 0 && strings.TrimSpace(line[:at]) == "" {
			diags.Add(model.Pos{File: path, Line: n, Col: at + 1}, "the entry below is to be reviewed; remove this comment then")
		}
	}
	return diags.Err()
}
