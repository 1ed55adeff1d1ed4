package diag

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-rados/go-rados/gen/model"
)

func TestErr(t *testing.T) {
	var l List
	assert.NoError(t, l.Err())
	at := func(file string, line, col int) model.Pos { return model.Pos{File: file, Line: line, Col: col} }
	l.Add(at("b.yaml", 1, 1), "other file")
	l.Add(at("a.yaml", 10, 1), "line %d", 10)
	l.Add(at("a.yaml", 2, 9), "column 9")
	l.Add(at("a.yaml", 2, 3), "second text")
	l.Hint(at("a.yaml", 2, 3), "one line\n\n", "first text")
	l.Add(at("a.yaml", 2, 3), "second text")
	l.Hint(at("a.yaml", 0, 0), "two\nlines", "whole file")
	l.Add(model.Pos{}, "nowhere")
	assert.EqualError(t, l.Err(), `-: nowhere
a.yaml: whole file
  two
  lines
a.yaml:2:3: first text
  one line
a.yaml:2:3: second text
a.yaml:2:9: column 9
a.yaml:10:1: line 10
b.yaml:1:1: other file`)
}

func TestDidYouMean(t *testing.T) {
	known := []string{"fill", "in-string", "owned-string", "a"}
	for word, want := range map[string]string{
		"fil":         `did you mean "fill"?`,
		"fli":         `did you mean "fill"?`,
		"in-strng":    `did you mean "in-string"?`,
		"ownedstring": `did you mean "owned-string"?`,
		"whatever":    "",
		"fill":        "", // is known
		"b":           "", // has nothing in common with a
		"":            "",
	} {
		assert.Equal(t, want, DidYouMean(word, known), "%q", word)
	}
	assert.Empty(t, DidYouMean("fill", nil))
}
