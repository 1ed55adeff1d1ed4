package release

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/model"
)

// Read reads a snapshot; name is the file name in positions. It accepts exactly
// the output of Write, so that an API has one text.
func Read(name string, r io.Reader) (*model.API, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read snapshot %s: %w", name, err)
	}
	rd := &reader{api: &model.API{}, name: name}
	if err := rd.read(string(data)); err != nil {
		return nil, err
	}
	return rd.api, nil
}

type reader struct {
	api  *model.API
	name string
	line int
	last declaration // of the line before; a field counts as its struct
	// the functions to mark, which are listed before the prototypes
	deprecated []deprecation
}

type deprecation struct {
	name string
	pos  model.Pos
}

func (r *reader) read(data string) error {
	lines := strings.SplitAfter(data, "\n")
	if err := r.head(lines); err != nil {
		return err
	}
	for _, line := range lines[2:] {
		r.line++
		if line == "" {
			break // the end after the last newline
		}
		text, ok := strings.CutSuffix(line, "\n")
		if !ok {
			return r.errorf(len(line), "the last line does not end in a newline")
		}
		if err := r.readLine(text); err != nil {
			return err
		}
	}
	return r.finish()
}

func (r *reader) head(lines []string) error {
	r.line = 1
	rest, hasStart := strings.CutPrefix(lines[0], headStart)
	header, rest, hasBefore := strings.Cut(rest, headBefore)
	release, hasAfter := strings.CutSuffix(rest, headAfter+"\n")
	if !hasStart || !headerRE.MatchString(header) || !hasBefore || !hasAfter || !releaseRE.MatchString(release) {
		return r.errorf(0, "want %q with a header and a release such as 14.2 or main", headStart+"…"+headBefore+"…"+headAfter)
	}
	r.line = 2
	if len(lines) < 2 || lines[1] != headSecond+"\n" {
		return r.errorf(0, "want %q", headSecond)
	}
	r.api.Header, r.api.Release = header, release
	return nil
}

// readLine parses one line. It formats the result again to check that the line is
// in canonical form.
func (r *reader) readLine(line string) error {
	kind, _, _ := strings.Cut(line, " ")
	s := &scanner{text: line, off: min(len(kind)+1, len(line))}
	parse, ok := parsers[Kind(kind)]
	if !ok {
		return r.errorf(0, "%q is not a kind of declaration", kind)
	}
	got, isField := parse(r, s)
	if s.err == "" && s.off < len(s.text) {
		s.fail("unexpected %q", s.text[s.off:])
	}
	if s.err != "" {
		return r.errorf(s.off, "%s", s.err)
	}
	if want := got.line(); want != line {
		return r.errorf(commonPrefix(want, line), "not in canonical form, want %q", want)
	}
	return r.inOrder(got, isField)
}

func (r *reader) inOrder(f declaration, isField bool) error {
	if isField {
		return nil // its parser has seen to it
	}
	order := cmp.Or(cmp.Compare(r.last.kind, f.kind), cmp.Compare(r.last.name, f.name))
	switch {
	case order == 0:
		return r.errorf(0, "%s is here twice", f.name)
	case order > 0:
		return r.errorf(0, "%s is out of order: it belongs before %s %s", f.name, r.last.kind, r.last.name)
	}
	r.last = f
	return nil
}

// finish marks the deprecated functions, whose lines precede their prototypes.
func (r *reader) finish() error {
	for _, d := range r.deprecated {
		f := r.api.Func(d.name)
		if f == nil {
			return fmt.Errorf("%v: no function is named %s", d.pos, d.name)
		}
		f.Deprecated = true
	}
	slices.SortFunc(r.api.Consts, func(a, b *model.Const) int { return cmp.Compare(a.Name, b.Name) })
	return nil
}

func (r *reader) pos(off int) model.Pos {
	return model.Pos{File: r.name, Line: r.line, Col: off + 1}
}

func (r *reader) errorf(off int, format string, args ...any) error {
	return fmt.Errorf("%v: %w", r.pos(off), fmt.Errorf(format, args...))
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
