// Package txtar reads and writes the text archives of golang.org/x/tools/txtar: a comment,
// then files, each after a line "-- NAME --".
package txtar

import (
	"bytes"
	"strings"
)

// An Archive is a comment and files.
type Archive struct {
	Comment string
	Files   []File
}

// A File is one file of an archive.
type File struct{ Name, Data string }

// Parse reads an archive. Every text is an archive; one without files is a comment.
func Parse(text string) *Archive {
	a := &Archive{}
	to := &a.Comment
	for line := range strings.Lines(text) {
		if name, ok := marker(line); ok {
			a.Files = append(a.Files, File{Name: name})
			to = &a.Files[len(a.Files)-1].Data
			continue
		}
		*to += strings.TrimSuffix(line, "\n") + "\n"
	}
	return a
}

// marker returns the name in a line that begins a file.
func marker(line string) (name string, ok bool) {
	line = strings.TrimSuffix(line, "\n")
	if len(line) < len("-- x --") || !strings.HasPrefix(line, "-- ") || !strings.HasSuffix(line, " --") {
		return "", false
	}
	name = strings.TrimSpace(line[len("-- ") : len(line)-len(" --")])
	return name, name != ""
}

// Format writes the archive. Each text ends with a newline.
func (a *Archive) Format() []byte {
	var b bytes.Buffer
	put := func(text string) {
		b.WriteString(text)
		if text != "" && !strings.HasSuffix(text, "\n") {
			b.WriteByte('\n')
		}
	}
	put(a.Comment)
	for _, f := range a.Files {
		b.WriteString("-- " + f.Name + " --\n")
		put(f.Data)
	}
	return b.Bytes()
}

// File returns the file of that name, or nil.
func (a *Archive) File(name string) *File {
	for i := range a.Files {
		if a.Files[i].Name == name {
			return &a.Files[i]
		}
	}
	return nil
}
