package release

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/go-rados/go-rados/gen/model"
)

// section is a part of a report. An empty one is not printed.
type section struct {
	title string
	list  []Change
}

func (c *Changes) sections() []section {
	return []section{
		{"Added", c.Added()},
		{"Removed", c.Removed()},
		{"Changed", c.Changed()},
		{"Newly deprecated", c.NewlyDeprecated()},
		{"No longer deprecated", c.Undeprecated()},
	}
}

func (c *Changes) title() string {
	return cmp.Or(c.OldRelease, "old header") + " to " + cmp.Or(c.NewRelease, "this header")
}

// Text renders c for a terminal. Unless disposition is nil, it returns the
// disposition of each function.
func (c *Changes) Text(disposition func(name string) string) string {
	return c.text(func(ch Change) string { return ch.note(disposition) })
}

// Located renders c for a terminal with the positions of each declaration in the
// old and the new header, and with the result of used unless that is "".
func (c *Changes) Located(used func(name string) string) string {
	return c.text(func(ch Change) string {
		var places []string
		for _, pos := range []model.Pos{ch.OldPos, ch.NewPos} {
			if pos != (model.Pos{}) {
				places = append(places, pos.String())
			}
		}
		if place := used(ch.Name); place != "" {
			places = append(places, "used at "+place)
		}
		return strings.Join(places, ", ")
	})
}

func (c *Changes) text(note func(Change) string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:", c.title())
	if c.IsEmpty() {
		b.WriteString(" no difference\n")
		return b.String()
	}
	b.WriteByte('\n')
	for _, s := range c.sections() {
		if len(s.list) > 0 {
			fmt.Fprintf(&b, "\n%s:\n", s.title)
		}
		for _, ch := range s.list {
			b.WriteString(ch.text(note(ch)))
		}
	}
	return b.String()
}

func (ch Change) text(note string) string {
	if note != "" {
		note = "\n" + strings.Repeat(" ", 14) + "(" + note + ")"
	}
	if ch.Old == "" || ch.New == "" {
		return fmt.Sprintf("  %-10s  %s%s\n", ch.Kind, ch.Old+ch.New, note)
	}
	return fmt.Sprintf("  %-10s- %s\n  %-10s+ %s%s\n", ch.Kind, ch.Old, "", ch.New, note)
}

// Markdown renders c for a document or a merge request, otherwise like Text.
func (c *Changes) Markdown(disposition func(name string) string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n", c.title())
	if c.IsEmpty() {
		b.WriteString("\nNo difference.\n")
	}
	for _, s := range c.sections() {
		if len(s.list) > 0 {
			fmt.Fprintf(&b, "\n### %s\n\n", s.title)
		}
		for _, ch := range s.list {
			b.WriteString(ch.markdown(ch.note(disposition)))
		}
	}
	return b.String()
}

func (ch Change) markdown(note string) string {
	if note != "" {
		note = " → " + note
	}
	if ch.Old == "" || ch.New == "" {
		return fmt.Sprintf("- %s `%s`%s\n", ch.Kind, ch.Old+ch.New, note)
	}
	return fmt.Sprintf("- %s `%s`%s\n  was `%s`\n", ch.Kind, ch.New, note, ch.Old)
}

func (ch Change) note(disposition func(name string) string) string {
	if disposition == nil || ch.Kind == LeftOut || ch.Kind == Unsupported || ch.Kind == Typedef {
		return ""
	}
	name, _, _ := strings.Cut(ch.Name, ".") // a field of a struct
	return disposition(name)
}
