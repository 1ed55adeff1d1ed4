// Package diag collects what is wrong with the input, so that one run reports
// everything, each thing with its place.
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

// Diagnostic is one thing that is wrong, at one place.
type Diagnostic struct {
	Pos  model.Pos
	Text string
	// Hint helps to mend it: a did-you-mean, the C prototype concerned, a
	// stanza to paste. May be empty or have several lines.
	Hint string
}

func (d Diagnostic) Error() string {
	s := d.Pos.String() + ": " + d.Text
	if d.Hint != "" {
		s += "\n  " + strings.ReplaceAll(strings.TrimRight(d.Hint, "\n"), "\n", "\n  ")
	}
	return s
}

// List collects diagnostics. The zero List is empty and ready.
type List struct{ all []Diagnostic }

// Add notes a diagnostic without a hint.
func (l *List) Add(pos model.Pos, format string, args ...any) {
	l.Hint(pos, "", format, args...)
}

// Hint notes a diagnostic with a hint.
func (l *List) Hint(pos model.Pos, hint, format string, args ...any) {
	l.all = append(l.all, Diagnostic{Pos: pos, Text: fmt.Sprintf(format, args...), Hint: hint})
}

// Err returns all that was noted as one error, sorted by place, or nil.
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

// DidYouMean names the known word nearest to word, as a hint; "" when none is
// near enough to be a slip.
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
