// Package diag collects errors in the input, so that one run reports all of them
// with their positions.
package diag

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/go-rados/go-rados/gen/model"
)

// Diagnostic is one error in the input.
type Diagnostic struct {
	Pos  model.Pos
	Text string
	// Hint helps to correct the error: a similar name, the C prototype, or an
	// entry to paste. It may be empty or have several lines.
	Hint string
}

func (d Diagnostic) Error() string {
	s := d.Pos.String() + ": " + d.Text
	if d.Hint != "" {
		s += "\n  " + strings.ReplaceAll(strings.TrimRight(d.Hint, "\n"), "\n", "\n  ")
	}
	return s
}

// List collects diagnostics. The zero List is empty and ready to use.
type List struct{ all []Diagnostic }

// Add adds a diagnostic without a hint.
func (l *List) Add(pos model.Pos, format string, args ...any) {
	l.Hint(pos, "", format, args...)
}

// Hint adds a diagnostic with a hint.
func (l *List) Hint(pos model.Pos, hint, format string, args ...any) {
	l.all = append(l.all, Diagnostic{Pos: pos, Text: fmt.Sprintf(format, args...), Hint: hint})
}

// Err returns all diagnostics as one error, sorted by position, or nil.
func (l *List) Err() error {
	slices.SortStableFunc(l.all, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Pos.File, b.Pos.File),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Col, b.Pos.Col),
			cmp.Compare(a.Text, b.Text),
		)
	})
	l.all = slices.Compact(l.all) // a function and its forms may have the same slip
	errs := make([]error, len(l.all))
	for i, d := range l.all {
		errs[i] = d
	}
	return errors.Join(errs...)
}

// DidYouMean returns a hint with the known word that is most similar to word, or ""
// if none is similar enough for a typing error.
func DidYouMean(word string, known []string) string {
	best, distance := "", 1+len(word)/3
	for _, k := range known {
		d := levenshtein.ComputeDistance(word, k)
		if 0 < d && d < len(word) && d <= distance && (best == "" || d < distance) {
			best, distance = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", best)
}
