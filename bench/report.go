package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// results holds all measured values.
type results struct {
	Quick   bool
	Machine []string
	Rounds  int
	Round   time.Duration
	Cases   []Measured
	Calls   Calls
	Soak    Soak
}

// columns returns the columns of a case's table after the subject.
func (m Measured) columns() []string {
	beside := "beside " + m.baseline()
	return []string{"operations/s", beside, "p50", "p99", beside, "CPU/operation", beside, "switches/operation", "threads", "resident", "allocs/operation"}
}

// rows returns the table of a case.
func (m Measured) rows() [][]string {
	var rows [][]string
	for _, c := range m.Subjects {
		made := "–"
		if c.driver != nil {
			made = fmt.Sprintf("%.1f", m.median(c.name, allocs))
		}
		rows = append(rows, []string{c.name,
			fmt.Sprintf("%.0f", m.median(c.name, rate)), m.beside(c.name, rate),
			micros(m.median(c.name, p50)), micros(m.median(c.name, p99)), m.beside(c.name, p99),
			fmt.Sprintf("%.1f µs", 1e6*m.median(c.name, cpu)), m.beside(c.name, cpu),
			fmt.Sprintf("%.2f", m.median(c.name, switches)),
			fmt.Sprintf("%.0f", m.median(c.name, threads)), megabytes(m.median(c.name, resident)), made,
		})
	}
	return rows
}

// beside returns the median of the ratios between a subject and the baseline, and their quartiles.
func (m Measured) beside(subject string, of func(Sample) float64) string {
	if subject == m.baseline() {
		return "1"
	}
	r := slices.Sorted(slices.Values(m.ratios(subject, of)))
	return fmt.Sprintf("%.2f (%.2f–%.2f)", median(r), r[len(r)/4], r[len(r)-1-len(r)/4])
}

func micros(ns float64) string {
	if ns < 10e6 {
		return fmt.Sprintf("%.0f µs", ns/1e3)
	}
	return fmt.Sprintf("%.0f ms", ns/1e6)
}

// table formats the cases for a terminal.
func (r results) table() string {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, m := range r.Cases {
		section(t, m.Case.String(), m.columns(), m.rows())
		fmt.Fprintln(t)
	}
	t.Flush()
	return b.String() + r.Soak.table()
}

// section writes a table for a terminal, whose title is in the line of the columns.
func section(w io.Writer, title string, columns []string, rows [][]string) {
	fmt.Fprintf(w, "%s\t%s\n", title, strings.Join(columns, "\t"))
	for _, row := range rows {
		fmt.Fprintf(w, "  %s\n", strings.Join(row, "\t"))
	}
}

// targetTable formats the targets for a terminal.
func (r results) targetTable() string {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, g := range r.targets() {
		fmt.Fprintln(t, strings.ReplaceAll(strings.Join(g.cells(), "\t"), "**", ""))
	}
	t.Flush()
	return b.String()
}

// write writes folder/benchmarks.md, and the charts to folder/benchmarks.
func (r results) write(ctx context.Context, folder string) error {
	charts, err := filepath.Abs(filepath.Join(folder, "benchmarks"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(charts, 0o777); err != nil {
		return err
	}
	old, _ := filepath.Glob(filepath.Join(charts, "*.svg"))
	for _, file := range old { // a case may have been removed
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "benchmarks.md"), []byte(r.markdown()), 0o666); err != nil {
		return err
	}
	data, err := json.MarshalIndent(r.chartData(), "", "\t")
	if err != nil {
		return err
	}
	// The drawing library is a dependency of the tools module only.
	cmd := exec.CommandContext(ctx, "go", "-C", "tools", "run", "./charts", charts)
	cmd.Stdin, cmd.Stderr = strings.NewReader(string(data)), os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", cmd, err)
	}
	return nil
}

// A chart has groups of bars, with a bar for each subject in a group. tools/charts draws
// it.
type chart struct {
	File, Title, Axis string
	Groups            []string
	Bars              []bars
}

type bars struct {
	Name   string
	Values []float64
}

// chartData returns a chart of the rates and one of the CPU time for each workload.
func (r results) chartData() []chart {
	var list []chart
	for _, group := range r.groups() {
		name := group[0].workload()
		file := strings.ReplaceAll(name, " ", "-")
		list = append(list,
			draw(file+"-rate.svg", name+": rate beside "+group[0].baseline(), "times", group, func(m Measured, subject string) float64 { return m.ratio(subject, rate) }),
			draw(file+"-cpu.svg", name+": CPU of an operation", "µs", group, func(m Measured, subject string) float64 { return 1e6 * m.median(subject, cpu) }))
	}
	return list
}

func draw(file, title, axis string, group []Measured, value func(m Measured, subject string) float64) chart {
	c := chart{File: file, Title: title, Axis: axis}
	for _, m := range group {
		c.Groups = append(c.Groups, fmt.Sprint("depth ", m.Depth))
	}
	for _, subject := range group[0].Subjects {
		b := bars{Name: subject.name}
		for _, m := range group {
			b.Values = append(b.Values, value(m, subject.name))
		}
		c.Bars = append(c.Bars, b)
	}
	return c
}

// groups groups the cases by workload.
func (r results) groups() [][]Measured {
	var groups [][]Measured
	for _, m := range r.Cases {
		n := len(groups)
		if n > 0 && groups[n-1][0].workload() == m.workload() {
			groups[n-1] = append(groups[n-1], m)
		} else {
			groups = append(groups, []Measured{m})
		}
	}
	return groups
}

func (r results) markdown() string {
	var b strings.Builder
	b.WriteString("# Benchmarks\n\n")
	if r.Quick {
		b.WriteString("**Written with `-quick`: the numbers mean nothing.**\n\n")
	}
	fmt.Fprintf(&b, "Written by `make bench`. The values are medians of %d samples of %v; \"beside\" is the median of the\nratios within a round, and the quartiles of these ratios. docs/BENCHMARKS.md describes the subjects.\n\n", r.Rounds, r.Round)
	for _, line := range r.Machine {
		fmt.Fprintf(&b, "- %s\n", line)
	}
	b.WriteString("\n## Targets\n\n")
	table(&b, []string{"value", "target", "measured", ""}, r.targetRows())
	b.WriteString("\n## On a cluster\n")
	for _, group := range r.groups() {
		name := group[0].workload()
		file := "benchmarks/" + strings.ReplaceAll(name, " ", "-")
		fmt.Fprintf(&b, "\n### %s\n\n![rate](%s-rate.svg)\n![CPU](%s-cpu.svg)\n", title(name), file, file)
		for _, m := range group {
			fmt.Fprintf(&b, "\nDepth %d:\n\n", m.Depth)
			table(&b, append([]string{""}, m.columns()...), m.rows())
		}
	}
	fmt.Fprintf(&b, "\n## Memory over time\n\n%s:\n\n", r.Soak.title())
	table(&b, append([]string{""}, soakColumns...), r.Soak.rows())
	b.WriteString("\n## Cost of a call\n\nOn a fake librados that returns immediately.\n\n")
	table(&b, []string{"", "ns", "over a bare cgo call", "its own", "allocs"}, r.Calls.callRows())
	b.WriteString("\nOperations of several calls, and entries of listings, beside the customary way: a copy and a cgo call for\neach.\n\n")
	table(&b, []string{"", "ns", "allocs", "customary ns", "allocs"}, r.Calls.opRows())
	return b.String()
}

func (r results) targetRows() [][]string {
	var rows [][]string
	for _, g := range r.targets() {
		rows = append(rows, g.cells())
	}
	return rows
}

func (c Calls) callRows() [][]string {
	var rows [][]string
	for _, call := range c.Calls {
		own := "–"
		if !call.Compared {
			own = fmt.Sprintf("%.1f", call.Own)
		}
		rows = append(rows, []string{call.Name, fmt.Sprintf("%.1f", call.NS), fmt.Sprintf("%.1f", call.Over), own, fmt.Sprintf("%.0f", call.Allocs)})
	}
	return rows
}

func (c Calls) opRows() [][]string {
	var rows [][]string
	for _, o := range c.Ops {
		rows = append(rows, []string{o.Name, fmt.Sprintf("%.1f", o.NS), fmt.Sprintf("%.2g", o.Allocs), fmt.Sprintf("%.1f", o.CustomaryNS), fmt.Sprintf("%.2g", o.CustomaryAllocs)})
	}
	return rows
}

// table writes a Markdown table with numbers in all columns but the first.
func table(b *strings.Builder, head []string, rows [][]string) {
	fmt.Fprintf(b, "| %s |\n|---%s|\n", strings.Join(head, " | "), strings.Repeat("|---:", len(head)-1))
	for _, row := range rows {
		fmt.Fprintf(b, "| %s |\n", strings.Join(row, " | "))
	}
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
