// Package words checks the prose of the repository: comments, documents, scripts and
// templates use the standard technical terms and plain sentences that CONTRIBUTING.md
// describes.
package words

import (
	"fmt"
	"go/scanner"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
)

// A rule is a word or phrase to avoid, and its replacement.
type rule struct {
	avoid *regexp.Regexp
	use   string
}

func avoid(pattern, use string) rule {
	return rule{regexp.MustCompile(`(?i)\b(` + pattern + `)\b`), use}
}

// rules lists the phrases to avoid.
var rules = []rule{
	avoid(`give[sn]? up|gave up|giving up`, "cancel"),
	avoid(`under way`, "in flight, in progress"),
	avoid(`what is`, "the noun itself"),
	avoid(`what came of|what becomes? of|what became of`, "result"),
	avoid(`who(ever)?`, "the noun itself"),
	avoid(`nobody|somebody|everybody`, "no caller, a caller, all callers"),
	avoid(`so many|so long`, "the number or the option"),
	avoid(`by itself|in the end`, "alone, automatically, finally"),
	avoid(`at once`, "at the same time, immediately"),
	avoid(`behind`, "after"),
	avoid(`besides`, "in addition, compared with"),
	avoid(`no more`, "no longer"),
	avoid(`there is none|there are none`, "no X exists"),
	avoid(`lest`, "so that ... not"),
	avoid(`(is|are) not to be`, "must not be"),
	avoid(`taken for|takes? for`, "mistaken for"),
	avoid(`heeds?|heeded`, "use, have an effect"),
	avoid(`for as long as`, "until, while"),
	avoid(`parked|parks`, "asynchronous"),
	avoid(`has ended|have ended`, "completed"),
	avoid(`sees to it`, "checks that"),
	avoid(`there is nothing to`, "the fact itself"),
}

// parameters finds the names of C parameters in the spec.
var parameters = regexp.MustCompile(`\btexts: \[[^]]*\]`)

// A finding is an occurrence of a phrase to avoid.
type finding struct {
	path      string
	line      int
	text, use string
}

func (f finding) String() string {
	return fmt.Sprintf("%s:%d: avoid %q; use: %s", f.path, f.line, f.text, f.use)
}

// check returns the findings in a file. In Go files it checks the comments only.
func check(path string, text []byte) []finding {
	prose := text
	if filepath.Ext(path) == ".go" {
		prose = comments(text)
	}
	var list []finding
	for i, line := range strings.Split(string(prose), "\n") {
		line = parameters.ReplaceAllString(line, "")
		for _, r := range rules {
			for _, match := range r.avoid.FindAllString(line, -1) {
				list = append(list, finding{path, i + 1, match, r.use})
			}
		}
	}
	return list
}

// comments returns the comments of a Go file, each on its line.
func comments(text []byte) []byte {
	file := token.NewFileSet().AddFile("", -1, len(text))
	var s scanner.Scanner
	s.Init(file, text, nil, scanner.ScanComments)
	var list []byte
	line := 1
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return list
		}
		if tok != token.COMMENT {
			continue
		}
		for ; line < file.Line(pos); line++ {
			list = append(list, '\n')
		}
		list = append(list, lit...)
		line += strings.Count(lit, "\n")
	}
}
