// Command charts draws charts: it reads JSON from standard input and writes a file for each chart, SVG or
// PNG, to the given folder.
package main

import (
	"encoding/json"
	"errors"
	"image/color"
	"log"
	"os"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// chart has groups of bars, one bar of each name in a group.
type chart struct {
	File, Title, Axis string
	Groups            []string
	Bars              []struct {
		Name   string
		Values plotter.Values
	}
	timeline
}

// colours that are distinguishable with colour blindness (Okabe and Ito).
var colours = []color.Color{
	color.RGBA{0, 114, 178, 255}, color.RGBA{230, 159, 0, 255}, color.RGBA{0, 158, 115, 255},
	color.RGBA{204, 121, 167, 255}, color.RGBA{86, 180, 233, 255}, color.RGBA{213, 94, 0, 255},
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: charts FOLDER <JSON")
	}
	if err := run(os.Args[1]); err != nil {
		log.Fatal("charts: ", err)
	}
}

func run(folder string) error {
	var charts []chart
	if err := json.NewDecoder(os.Stdin).Decode(&charts); err != nil {
		return err
	}
	if len(charts) == 0 {
		return errors.New("nothing to draw")
	}
	for _, c := range charts {
		if len(c.Panels) > 0 {
			if err := c.timeline.draw(c.Title, filepath.Join(folder, filepath.Base(c.File))); err != nil {
				return err
			}
			continue
		}
		if err := c.draw(filepath.Join(folder, filepath.Base(c.File))); err != nil {
			return err
		}
	}
	return nil
}

func (c chart) draw(file string) error {
	p := plot.New()
	p.Title.Text, p.Y.Label.Text, p.Y.Min = c.Title, c.Axis, 0
	p.Legend.Top = true
	p.Legend.Padding = vg.Millimeter
	p.Add(plotter.NewGrid())
	width := vg.Points(60) / vg.Length(len(c.Bars))
	for i, b := range c.Bars {
		bars, err := plotter.NewBarChart(b.Values, width)
		if err != nil {
			return err
		}
		bars.Color, bars.LineStyle.Width = colours[i%len(colours)], 0
		bars.Offset = width * (vg.Length(i) - vg.Length(len(c.Bars)-1)/2)
		p.Add(bars)
		p.Legend.Add(b.Name, bars)
	}
	p.Y.Max *= 1.05
	p.NominalX(c.Groups...)
	p.X.Min, p.X.Max = -0.5, float64(len(c.Groups))+0.5 // with room for the legend
	return p.Save(vg.Points(100)*vg.Length(len(c.Groups)+1), 260, file)
}
