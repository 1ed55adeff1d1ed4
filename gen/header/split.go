package header

import "strings"

// chunk is a directive, or a declaration outside of functions and types, with the blanks and
// comments before it.
type chunk struct {
	from, to  int
	start     int    // where its code begins
	code      string // the text without comments and directives
	directive bool
	ends      bool // it has the semicolon or brace that ends it
}

// split splits a C file into chunks, which together are the whole text. A directive inside of a
// declaration is part of it. The linkage specification of C++ is a chunk of its own.
func split(text string) []*chunk {
	s := &splitter{text: text}
	for s.off < len(text) {
		s.step()
	}
	if s.off > s.from {
		s.end(false)
	}
	return s.chunks
}

type splitter struct {
	text      string
	off, from int
	start     int // of the code
	code      strings.Builder
	coded     bool // code is not blank
	depth     int
	body      bool // the braces are those of a function
	midLine   bool // there is something else on the line already
	chunks    []*chunk
}

func (s *splitter) step() {
	rest := s.text[s.off:]
	switch c := rest[0]; {
	case strings.HasPrefix(rest, "//"):
		s.skip(lineEnd(rest))
	case strings.HasPrefix(rest, "/*"):
		n := strings.Index(rest[2:], "*/")
		if n < 0 {
			n = len(rest) - 4
		}
		s.skip(n + 4)
	case c == '\n':
		s.midLine = false
		s.take(1)
	case c == ' ' || c == '\t' || c == '\r':
		s.take(1)
	case c == '#' && !s.midLine:
		s.directive(lineEnd(rest))
	case c == '"' || c == '\'':
		s.take(literal(rest))
	case c == '{':
		s.open()
	case c == '}':
		s.close()
	default:
		s.take(1)
		if c == ';' && s.depth == 0 {
			s.end(true)
		}
	}
}

// lineEnd returns the length of a line with those that continue it, as a comment does, without the
// newline.
func lineEnd(text string) int {
	for n := 0; n < len(text); n++ {
		switch {
		case n > 0 && strings.HasPrefix(text[n:], "/*"):
			length := strings.Index(text[n+2:], "*/")
			if length < 0 {
				return len(text)
			}
			n += length + 3
		case text[n] == '\\' && n+1 < len(text):
			n++
		case text[n] == '\n':
			return n
		}
	}
	return len(text)
}

// literal returns the length of a text in quotes, which ends with the line at the latest.
func literal(text string) int {
	for n := 1; n < len(text); n++ {
		switch text[n] {
		case '\\':
			n++
		case text[0]:
			return n + 1
		case '\n':
			return n
		}
	}
	return len(text)
}

func (s *splitter) skip(n int) { s.off = min(s.off+n, len(s.text)) }

// take adds n bytes to the code.
func (s *splitter) take(n int) {
	part := s.text[s.off:min(s.off+n, len(s.text))]
	if strings.TrimSpace(part) != "" {
		if !s.coded {
			s.start = s.off
		}
		s.coded, s.midLine = true, true
	}
	s.code.WriteString(part)
	s.off += len(part)
}

// directive skips a directive of n bytes, which is a chunk of its own outside of declarations.
func (s *splitter) directive(n int) {
	if s.coded {
		s.skip(n)
		return
	}
	s.take(n)
	s.midLine = false
	s.end(true)
	s.chunks[len(s.chunks)-1].directive = true
}

func (s *splitter) open() {
	if s.depth == 0 {
		before := strings.Fields(s.code.String())
		s.take(1)
		if n := len(before); n >= 2 && before[n-2] == "extern" && strings.HasPrefix(before[n-1], `"C`) {
			s.end(true)
			return
		}
		c := chunk{code: s.code.String()}
		s.body = c.called() != "" && !typedefRE.MatchString(c.code)
	} else {
		s.take(1)
	}
	s.depth++
}

func (s *splitter) close() {
	s.take(1)
	s.depth--
	if s.depth < 0 || s.depth == 0 && s.body {
		s.depth = 0
		s.end(true)
	}
}

// end ends the chunk.
func (s *splitter) end(ends bool) {
	s.chunks = append(s.chunks, &chunk{from: s.from, to: s.off, start: s.start, code: s.code.String(), ends: ends})
	s.from, s.start, s.depth, s.body, s.coded = s.off, s.off, 0, false, false
	s.code.Reset()
}
