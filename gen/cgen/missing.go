package cgen

import (
	"slices"

	"github.com/go-rados/go-rados/gen/ctype"
)

// Lacks lists the codes of the functions that may be missing.
func (v *view) Lacks() []string {
	var codes []string
	for _, e := range v.Plan.Lacking() {
		codes = append(codes, ctype.MissingCode(e.Name))
	}
	return codes
}

// added is a function that a release has and the one before it lacks.
type added struct {
	Release  int // its index
	Function string
}

// Added lists what tells one release from another, by release.
func (v *view) Added() []added {
	var list []added
	for _, e := range v.Functions {
		if i := slices.Index(v.Releases, e.Since); i > 0 && e.Until == "" {
			list = append(list, added{i, e.Name})
		}
	}
	slices.SortStableFunc(list, func(a, b added) int { return a.Release - b.Release })
	return list
}
