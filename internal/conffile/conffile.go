// Package conffile knows over which configuration files and keyrings librados
// aborts the process.
//
// The parser of Ceph 16.2 asserts, wherever it looks for a blank, that the byte
// there is ASCII. It looks for one at each byte outside comments and quoted
// values. That was found by experiment, as were the search paths; 14.2, 18.2 and
// 20.2 take such bytes as they are.
package conffile

import (
	"bytes"
)

// Unsafe returns the line, counted from 1, of the first byte of a file over which
// librados aborts the process, or 0 if it does not. A file that librados refuses
// to parse may be reported as well.
func Unsafe(text []byte) int {
	s := scanner{text: text}
	for !s.atEnd() {
		if !s.line() {
			return 1 + bytes.Count(text[:s.pos], []byte("\n"))
		}
	}
	return 0
}

// A scanner reads a file as the parser does. Its methods return false at a byte
// that is unsafe.
type scanner struct {
	text []byte
	pos  int
}

func (s *scanner) atEnd() bool { return s.pos >= len(s.text) }

// peek returns the byte at the position plus n, 0 beyond the end.
func (s *scanner) peek(n int) byte {
	if s.pos+n < len(s.text) {
		return s.text[s.pos+n]
	}
	return 0
}

// eol returns the length of the end of line at the position plus n, or 0 if no line ends there.
func (s *scanner) eol(n int) int {
	switch {
	case s.peek(n) == '\r' && s.peek(n+1) == '\n':
		return 2
	case s.peek(n) == '\r', s.peek(n) == '\n':
		return 1
	}
	return 0
}

func isComment(b byte) bool { return b == '#' || b == ';' }

func (s *scanner) blanks() {
	for s.peek(0) == ' ' || s.peek(0) == '\t' {
		s.pos++
	}
}

// comment skips the rest of a line, with its end.
func (s *scanner) comment() {
	for !s.atEnd() && s.eol(0) == 0 {
		s.pos++
	}
	s.pos += s.eol(0)
}

// line reads a line, and those that continue it.
func (s *scanner) line() bool {
	s.blanks()
	value := s.peek(0) == '[' // a heading has none
	for !s.atEnd() {
		b := s.peek(0)
		switch {
		case b >= 0x80:
			return false
		case isComment(b):
			s.comment()
			return true
		case s.eol(0) > 0:
			s.pos += s.eol(0)
			return true
		case b == '\\' && s.eol(1) > 0:
			s.pos += 1 + s.eol(1)
		case b == '\\' && s.peek(1) < 0x80:
			s.pos = min(s.pos+2, len(s.text))
		case b == '=' && !value:
			value = true
			s.pos++
			s.blanks()
			s.quoted()
		default:
			s.pos++
		}
	}
	return true
}

// quoted skips a quoted value, if there is one.
func (s *scanner) quoted() {
	quote := s.peek(0)
	if quote != '"' && quote != '\'' {
		return
	}
	for i := 1; s.pos+i < len(s.text); i++ {
		switch b := s.peek(i); {
		case b == quote:
			s.pos += i + 1
			return
		case isComment(b), s.eol(i) > 0: // an error of its own
			s.pos += i
			return
		case b == '\\' && s.eol(i+1) == 0:
			i++
		}
	}
}
