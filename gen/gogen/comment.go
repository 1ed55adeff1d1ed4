package gogen

import (
	"strings"
	"unicode"

	"github.com/dave/jennifer/jen"
)

// commentWidth is the width of the text of a comment.
const commentWidth = 80

// doc writes text as a doc comment.
func doc(f *jen.File, text string) {
	for _, line := range commentLines(text) {
		f.Comment(line)
	}
}

// comment writes text as a doc comment of what follows in a group.
func comment(to *jen.Group, text string) {
	for _, line := range commentLines(text) {
		to.Add(jen.Comment(line))
	}
}

// commentLines wraps the paragraphs of text. Lines that go doc shows as they are, such as
// indented ones and items of lists, stay as they are.
func commentLines(text string) []string {
	var lines, paragraph []string
	flush := func() {
		lines = append(lines, wrapped(strings.Join(paragraph, " "))...)
		paragraph = nil
	}
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		if flows(line) {
			paragraph = append(paragraph, line)
			continue
		}
		flush()
		lines = append(lines, strings.TrimRight("// "+line, " "))
	}
	flush()
	return lines
}

// flows reports whether line belongs to a paragraph.
func flows(line string) bool {
	switch {
	case line == "", unicode.IsSpace(rune(line[0])), strings.ContainsRune("-*#", rune(line[0])):
		return false
	}
	return true
}

// wrapped breaks a paragraph into the lines of a comment.
func wrapped(text string) []string {
	var lines []string
	line := "//"
	for _, word := range strings.Fields(text) {
		if line != "//" && len(line)+1+len(word) > len("// ")+commentWidth {
			lines, line = append(lines, line), "//"
		}
		line += " " + word
	}
	if line != "//" {
		lines = append(lines, line)
	}
	return lines
}
