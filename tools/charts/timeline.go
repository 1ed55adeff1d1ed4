package main

import (
	"errors"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// timeline is a chart of panels, one below the other, with a common axis of time.
type timeline struct {
	Panels  []panel
	Marks   []mark
	Seconds float64 // the end of the axis
}

// panel has a quantity over time: a thin line of all samples, and dots for those that are judged.
type panel struct {
	Axis         string
	Line, Judged plotter.XYs
}

// mark is a period that has a name.
type mark struct {
	Name       string
	Begin, End float64
}

const (
	panelHeight   = 120
	timelineWidth = 760
)

func (t timeline) draw(title, file string) error {
	rows := make([][]*plot.Plot, len(t.Panels))
	for i, p := range t.Panels {
		drawn, err := t.panel(p, i == 0)
		if err != nil {
			return err
		}
		rows[i] = []*plot.Plot{drawn}
	}
	rows[0][0].Title.Text = title
	rows[len(rows)-1][0].X.Label.Text = "seconds"
	format := strings.TrimPrefix(filepath.Ext(file), ".")
	height := vg.Points(panelHeight)*vg.Length(len(rows)) + vg.Points(40)
	canvas, err := draw.NewFormattedCanvas(vg.Points(timelineWidth), height, format)
	if err != nil {
		return err
	}
	tiles := draw.Tiles{Rows: len(rows), Cols: 1, PadRight: vg.Points(12), PadTop: vg.Points(4), PadY: vg.Points(8)}
	for i, row := range plot.Align(rows, tiles, draw.New(canvas)) {
		rows[i][0].Draw(row[0])
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	_, err = canvas.WriteTo(f)
	return errors.Join(err, f.Close())
}

// names returns the names of the marks, upright at their beginnings.
func (t timeline) names(top float64) (*plotter.Labels, error) {
	var at plotter.XYLabels
	for _, m := range t.Marks {
		at.XYs = append(at.XYs, plotter.XY{X: m.Begin, Y: top})
		at.Labels = append(at.Labels, m.Name)
	}
	labels, err := plotter.NewLabels(at)
	if err != nil {
		return nil, err
	}
	for i := range labels.TextStyle {
		style := &labels.TextStyle[i]
		style.Rotation, style.Font.Size = -math.Pi/2, 7
		style.XAlign, style.YAlign = text.XLeft, text.YBottom
	}
	return labels, nil
}

// panel draws the marks first, so that the quantity is above them. If named is set, it has their names.
func (t timeline) panel(p panel, named bool) (*plot.Plot, error) {
	drawn := plot.New()
	drawn.Y.Label.Text = p.Axis
	most, room := 1.0, 1.1
	if named {
		room = 1.7
	}
	for _, xy := range append(append(plotter.XYs{}, p.Line...), p.Judged...) {
		most = max(most, xy.Y*room)
	}
	for _, m := range t.Marks {
		area, err := plotter.NewPolygon(plotter.XYs{{X: m.Begin, Y: 0}, {X: m.Begin, Y: most}, {X: m.End, Y: most}, {X: m.End, Y: 0}})
		if err != nil {
			return nil, err
		}
		area.Color, area.LineStyle.Width = color.NRGBA{230, 159, 0, 90}, 0
		drawn.Add(area)
	}
	drawn.Add(plotter.NewGrid())
	line, err := plotter.NewLine(p.Line)
	if err != nil {
		return nil, err
	}
	line.Color = colours[0]
	drawn.Add(line)
	if named {
		names, err := t.names(most)
		if err != nil {
			return nil, err
		}
		drawn.Add(names)
	}
	if len(p.Judged) > 0 {
		dots, err := plotter.NewScatter(p.Judged)
		if err != nil {
			return nil, err
		}
		dots.Shape, dots.Color, dots.Radius = draw.CircleGlyph{}, colours[5], vg.Points(2.5)
		drawn.Add(dots)
	}
	drawn.X.Min, drawn.X.Max, drawn.Y.Min, drawn.Y.Max = 0, t.Seconds, 0, most
	return drawn, nil
}
