package header

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"modernc.org/cc/v4"

	"github.com/go-rados/go-rados/gen/model"
)

// maxCuts is the number of declarations that the parser may fail to understand. A header with more
// of them is no C header.
const maxCuts = 200

// sources is the file system of the preprocessor: the embedded system headers, and the files of
// the folders dirs. It edits what it returns, but keeps the position of all that stays.
type sources struct {
	dirs   []string
	edited map[string]string // the files of the library that were opened, by path
	cuts   []*model.Omission // the declarations that were removed from them
}

// add adds a file. It removes declarations with names that a snapshot cannot have.
func (s *sources) add(name, text string) {
	text = withoutAttributes(text)
	for _, c := range split(text) {
		if isForeign(c.code) {
			line := 1 + strings.Count(text[:c.start], "\n")
			at := model.Pos{File: name, Line: line, Col: c.start - strings.LastIndex(text[:c.start], "\n")}
			s.cuts = append(s.cuts, omission(c.name(), "a name with characters that are not ASCII is not supported", at))
			text = text[:c.from] + blank(text[c.from:c.to], !c.directive) + text[c.to:]
		}
	}
	s.edited[name] = text
}

// isForeign reports whether code has characters outside of literals that are not ASCII.
func isForeign(code string) bool {
	code = commentRE.ReplaceAllString(code, "") // which a directive has
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c >= 0x80:
			return true
		case c == '"' || c == '\'':
			i += literal(code[i:]) - 1
		}
	}
	return false
}

func (s *sources) Open(name string) (fs.File, error) {
	if rest, ok := strings.CutPrefix(name, systemDir+"/"); ok {
		return system.Open("include/" + rest)
	}
	if _, ok := s.edited[name]; !ok {
		if !slices.Contains(s.dirs, filepath.Dir(name)) {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		s.add(name, string(text))
	}
	return &memoryFile{strings.NewReader(s.edited[name]), name}, nil
}

// list returns what the parser reads for the header of that name.
func (s *sources) list(name string) []cc.Source {
	return []cc.Source{
		{Name: systemDir + "/prelude.h", Value: prelude},
		{Name: name, Value: s.edited[name] + epilogue},
	}
}

// memoryFile is an open file with an edited text.
type memoryFile struct {
	*strings.Reader
	name string
}

func (f *memoryFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *memoryFile) Close() error               { return nil }
func (f *memoryFile) Name() string               { return filepath.Base(f.name) }
func (f *memoryFile) Mode() fs.FileMode          { return 0o444 }
func (f *memoryFile) ModTime() time.Time         { return time.Time{} }
func (f *memoryFile) IsDir() bool                { return false }
func (f *memoryFile) Sys() any                   { return nil }

var _ io.Reader = (*memoryFile)(nil)

var complaintRE = regexp.MustCompile(`^(.+?):(\d+):(\d+): (.*)$`)

// cut removes the declaration or #include about which the parser complains. It
// returns false if there is no such declaration with an end.
func (s *sources) cut(complaint error) bool {
	m := complaintRE.FindStringSubmatch(complaint.Error())
	if m == nil || s.edited[m[1]] == "" || len(s.cuts) >= maxCuts {
		return false
	}
	file, reason := m[1], m[4]
	line, _ := strconv.Atoi(m[2])
	col, _ := strconv.Atoi(m[3])
	text := s.edited[file]
	off := offsetOf(text, line, col)
	for _, c := range split(text) {
		switch {
		case off < c.from || off >= c.to || !c.ends:
			continue
		case c.directive && !strings.Contains(reason, "include file not found"):
			return false
		case strings.HasPrefix(reason, "TODO"):
			reason = "the C parser does not support it"
		case strings.Contains(c.code, "[["):
			reason = "a C23 attribute that may change what a declaration means is not supported"
		}
		s.edited[file] = text[:c.from] + blank(text[c.from:c.to], !c.directive) + text[c.to:]
		s.cuts = append(s.cuts, omission(c.name(), reason, model.Pos{File: file, Line: line, Col: col}))
		return true
	}
	return false
}

// offsetOf returns the offset of a position, or -1.
func offsetOf(text string, line, col int) int {
	off := 0
	for ; line > 1; line-- {
		n := strings.IndexByte(text[off:], '\n')
		if n < 0 {
			return -1
		}
		off += n + 1
	}
	if off+col-1 >= len(text) {
		return -1
	}
	return off + col - 1
}

// blank replaces text by spaces. If directives is set, it keeps the lines of the preprocessor.
func blank(text string, directives bool) string {
	var b strings.Builder
	continued := false
	for line := range strings.Lines(text) {
		directive := continued || strings.HasPrefix(strings.TrimLeft(line, " \t"), "#")
		continued = directive && strings.HasSuffix(strings.TrimRight(line, "\r\n"), `\`)
		if directives && directive {
			b.WriteString(line)
			continue
		}
		rest, newline := strings.CutSuffix(line, "\n")
		b.WriteString(strings.Repeat(" ", len(rest)))
		if newline {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

var (
	commentRE    = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`)
	includeRE    = regexp.MustCompile(`^\s*#\s*include\s*[<"]([^>"]*)`)
	definesRE    = regexp.MustCompile(`\b(struct|union|enum)\s+(?:__attribute__\s*\(\(.*?\)\)\s*)?(\w+)\s*\{`)
	typedefRE    = regexp.MustCompile(`^\s*typedef\b`)
	pointerRE    = regexp.MustCompile(`\(\s*\*+\s*(\w+)`)
	lastNameRE   = regexp.MustCompile(`(\w+)\s*(?:\[[^\]]*\]\s*)*;\s*$`)
	calledRE     = regexp.MustCompile(`\b([A-Za-z_]\w*)\s*\(`)
	identifierRE = regexp.MustCompile(`[A-Za-z_]\w*`)
)

// name returns the name that c declares as far as its text shows it, or its first words.
func (c *chunk) name() string {
	c = &chunk{code: attributeRE.ReplaceAllString(c.code, "")}
	if m := includeRE.FindStringSubmatch(c.code); m != nil {
		return "include " + strings.Join(strings.FieldsFunc(m[1], func(r rune) bool { return r <= ' ' || r > '~' || r == ':' }), " ")
	}
	if typedefRE.MatchString(c.code) {
		for _, re := range []*regexp.Regexp{pointerRE, lastNameRE} {
			if m := re.FindStringSubmatch(c.code); m != nil {
				return m[1]
			}
		}
	}
	if name := c.called(); name != "" {
		return name
	}
	if m := definesRE.FindStringSubmatch(c.code); m != nil {
		return m[1] + " " + m[2]
	}
	words := identifierRE.FindAllString(c.code, 6)
	if words == nil {
		return "a declaration without a name"
	}
	return strings.Join(words, " ")
}

// called returns the name of the function that c declares or defines, or "".
func (c *chunk) called() string {
	head, _, _ := strings.Cut(c.code, "{")
	for _, m := range calledRE.FindAllStringSubmatch(head, -1) {
		switch m[1] {
		case "__attribute__", "__declspec", "typeof", "typeof_unqual", "__typeof__", "alignas", "_Alignas", "_Atomic", "_BitInt", "__asm__", "asm":
		default:
			return m[1]
		}
	}
	return ""
}

// pragma is a #pragma pack.
type pragma struct {
	pos        model.Pos
	push, pop  bool
	hasSetting bool // it has a number, so the layout differs from the default
}

// newPragma reads the words of a #pragma pack.
func newPragma(at model.Pos, words []string) pragma {
	p := pragma{pos: at}
	for _, word := range words {
		switch {
		case word == "push":
			p.push = true
		case word == "pop":
			p.pop = true
		case word != "" && word[0] >= '0' && word[0] <= '9':
			p.hasSetting = true
		}
	}
	return p
}

// packs reports whether a #pragma pack may apply to a struct that is defined at that position.
func (c *converter) packs(at model.Pos) bool {
	if packsLine(c.pack, at.File, at.Line) {
		return true
	}
	for _, p := range c.pack {
		if p.pos.File == at.File {
			continue
		}
		n := 0
		for line := range strings.Lines(c.src.edited[p.pos.File]) {
			if n++; includeRE.MatchString(line) && packsLine(c.pack, p.pos.File, n) {
				return true // the struct may be in the included file
			}
		}
	}
	return false
}

func packsLine(list []pragma, file string, line int) bool {
	var stack []bool
	packs := false
	for _, p := range list {
		if p.pos.File != file || p.pos.Line >= line {
			continue
		}
		if p.push {
			stack = append(stack, packs)
		}
		switch n := len(stack); {
		case p.pop && n > 0:
			packs, stack = stack[n-1], stack[:n-1]
		case !p.push || p.hasSetting:
			packs = p.hasSetting
		}
	}
	return packs
}

// harmless are the attributes of C23, and those of compilers, that change neither the symbol nor
// how it is called.
var harmless = map[string]bool{
	"deprecated": true, "fallthrough": true, "maybe_unused": true, "nodiscard": true, "noreturn": true, "reproducible": true, "unsequenced": true,
	"gnu::cold": true, "gnu::const": true, "gnu::hot": true, "gnu::malloc": true, "gnu::nonnull": true, "gnu::nothrow": true, "gnu::pure": true,
	"gnu::unused": true, "gnu::visibility": true, "gnu::warn_unused_result": true, "gnu::weak": true,
}

var (
	attributeRE = regexp.MustCompile(`\[\[([^\[\]]*)\]\]`)
	argumentsRE = regexp.MustCompile(`\([^()]*\)`)
)

// withoutAttributes blanks the attributes of C23 that are harmless, which the parser does not know. One
// in front of a declaration that makes it deprecated becomes an older spelling of the same width.
func withoutAttributes(text string) string {
	if !strings.Contains(text, "[[") {
		return text
	}
	var b strings.Builder
	for _, c := range split(text) {
		part := text[c.from:c.to]
		for _, at := range attributeRE.FindAllStringSubmatchIndex(part, -1) {
			attribute := blank(part[at[0]:at[1]], false)
			known, deprecated := knownAttributes(part[at[2]:at[3]])
			if !known {
				continue
			}
			if front := c.start - c.from; deprecated && (c.directive || at[0] == front) {
				attribute = "__dep" + attribute[len("__dep"):]
			}
			part = part[:at[0]] + attribute + part[at[1]:]
		}
		b.WriteString(part)
	}
	return b.String()
}

func knownAttributes(list string) (known, deprecated bool) {
	for _, name := range strings.Split(argumentsRE.ReplaceAllString(list, ""), ",") {
		name = strings.ReplaceAll(strings.Join(strings.Fields(name), ""), "__", "")
		if name != "" && !harmless[name] {
			return false, false
		}
		deprecated = deprecated || name == "deprecated"
	}
	return true, deprecated
}
