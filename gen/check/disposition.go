package check

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/spec"
)

// dispositions makes sure that each constant, struct and callback is used or skipped, and not both.
func (k *checker) dispositions() {
	known := make(map[string]*ir.Declaration)
	for _, d := range k.Others {
		if d.Text != "" {
			known[d.C] = d
			k.used(d)
		}
	}
	for _, s := range k.Skips {
		d := known[s.C]
		switch {
		case d == nil:
			k.unknownSkip(s, slices.Sorted(maps.Keys(known)))
		case d.Used():
			k.diags.Add(s.Pos, "%s is skipped, yet %s uses it: remove the entry", d.C, cmp.Or(d.GoName, d.User))
		}
	}
}

// used asks for an entry for a declaration that nothing uses.
func (k *checker) used(d *ir.Declaration) {
	if d.Skipped == "" && !d.Used() {
		k.diags.Hint(model.Pos{File: k.File}, fmt.Sprintf("# %s\n%s: say why", d.Text, d.C),
			"the %s %s of Ceph %s has no entry and nothing uses it; bind it, or paste this below skip: and complete it", d.Kind, d.C, d.Since)
	}
}

// unknownSkip refuses an entry for a name that no release has.
func (k *checker) unknownSkip(s *spec.Omission, known []string) {
	if o := k.union.Omitted(s.C); o != nil {
		k.diags.Hint(s.Pos, o.String(), "skip %s has no effect: the snapshots have the reason", s.C)
		return
	}
	k.diags.Hint(s.Pos, diag.DidYouMean(s.C, known), "skip: no release has a constant, struct or callback %s", s.C)
}
