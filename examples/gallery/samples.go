package main

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/cmplx"
	"strings"
)

// putSamples stores files for a first look at the page.
func (s *store) putSamples(ctx context.Context) error {
	for name, draw := range map[string]func(x, y float64) float64{
		"waves.jpg": func(x, y float64) float64 {
			return 0.5 + 0.25*math.Sin(9*x+3*math.Sin(4*y)) + 0.25*math.Sin(7*y+2*x)
		},
		"rings.jpg": func(x, y float64) float64 {
			return 0.5 + 0.5*math.Sin(30*math.Hypot(x-0.3, y+0.2))*math.Exp(-math.Hypot(x, y))
		},
		"julia.jpg": func(x, y float64) float64 {
			z := complex(1.6*x, 1.6*y)
			n := 0
			for ; n < 120 && cmplx.Abs(z) < 4; n++ {
				z = z*z + complex(-0.8, 0.156)
			}
			return math.Sqrt(float64(n) / 120)
		},
		"hills.jpg": func(x, y float64) float64 {
			v := 0.95 - 0.3*(y+1)
			for layer := 1.0; layer < 5; layer++ {
				if y > -0.5+0.3*layer+0.15*math.Sin(3*x*layer/2+layer*layer) {
					v = 0.55 - 0.13*layer
				}
			}
			return v
		},
	} {
		if err := s.put(ctx, name, bytes.NewReader(picture(960, 720, draw))); err != nil {
			return err
		}
	}
	text := strings.Repeat("A rose is a rose is a rose is a rose.\n", 100)
	return s.put(ctx, "rose.txt", strings.NewReader(text))
}

// picture draws a function of x and y, which go from -1 to 1, as a JPEG. The colors of its
// values go from dark blue at 0 over red to pale yellow at 1.
func picture(w, h int, draw func(x, y float64) float64) []byte {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for j := range h {
		for i := range w {
			v := draw(2*float64(i)/float64(w)-1, 2*float64(j)/float64(h)-1)
			level := func(from, to float64) uint8 { return uint8(255 * min(max((v-from)/(to-from), 0), 1)) }
			img.SetRGBA(i, j, color.RGBA{level(0.05, 0.6), level(0.3, 1.05), 115 - level(0.1, 2.5) + level(0.6, 1)/2, 255})
		}
	}
	var b bytes.Buffer
	jpeg.Encode(&b, img, nil)
	return b.Bytes()
}
