package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/gif" // formats that image.Decode knows
	"image/jpeg"
	_ "image/png"
	"io"
	"net/http"
)

const (
	thumbnailSize = 360      // of the longer side, in pixels
	maxPixels     = 50 << 20 // of a picture that gets a thumbnail
)

// preview is what the details of a file have.
type preview struct {
	contentType string
	thumbnail   []byte // a JPEG, or nil if the file is no picture
	pixels      string // as in "640 × 480"
}

// newPreview looks at the content of a file.
func newPreview(content io.ReadSeeker) (*preview, error) {
	head := make([]byte, 512)
	n, err := io.ReadFull(content, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	p := &preview{contentType: http.DetectContentType(head[:n])}
	picture, err := decode(content)
	if err != nil || picture == nil {
		return p, err
	}
	size := picture.Bounds().Size()
	p.pixels = fmt.Sprintf("%d × %d", size.X, size.Y)
	var b bytes.Buffer
	err = jpeg.Encode(&b, shrink(picture), &jpeg.Options{Quality: 80})
	p.thumbnail = b.Bytes()
	return p, err
}

// decode decodes a picture. It returns nil for anything else, and for a picture that is broken
// or too large.
func decode(content io.ReadSeeker) (image.Image, error) {
	r := &reader{ReadSeeker: content}
	r.Seek(0, io.SeekStart)
	config, _, err := image.DecodeConfig(r)
	if err != nil || config.Width*config.Height > maxPixels {
		return nil, r.err
	}
	r.Seek(0, io.SeekStart)
	picture, _, err := image.Decode(r)
	if err != nil || picture.Bounds().Empty() {
		return nil, r.err
	}
	return picture, nil
}

// reader keeps the error of a Read, which is no fault of the picture.
type reader struct {
	io.ReadSeeker
	err error
}

func (r *reader) Read(b []byte) (int, error) {
	n, err := r.ReadSeeker.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// shrink returns a picture whose sides have at most thumbnailSize pixels, each of them the mean
// of the pixels that it stands for, on white.
func shrink(picture image.Image) image.Image {
	b := picture.Bounds()
	full := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(full, full.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(full, full.Bounds(), picture, b.Min, draw.Over)
	w, h := b.Dx(), b.Dy()
	if long := max(w, h); long > thumbnailSize {
		w, h = max(1, w*thumbnailSize/long), max(1, h*thumbnailSize/long)
	}
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			x0, x1 := x*b.Dx()/w, (x+1)*b.Dx()/w
			y0, y1 := y*b.Dy()/h, (y+1)*b.Dy()/h
			var sum [3]int
			for j := y0; j < y1; j++ {
				row := full.Pix[full.PixOffset(x0, j):full.PixOffset(x1, j)]
				for i, v := range row {
					if i%4 < 3 {
						sum[i%4] += int(v)
					}
				}
			}
			n := (x1 - x0) * (y1 - y0)
			small.SetRGBA(x, y, color.RGBA{uint8(sum[0] / n), uint8(sum[1] / n), uint8(sum[2] / n), 255})
		}
	}
	return small
}
