package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// A Soak holds samples of each subject with 1024 operations of 4 KiB in flight, alternately writes
// and reads.
type Soak struct {
	Length   time.Duration
	Subjects []string
	Samples  map[string][]Sample
}

// soakLength is the length of a sample.
const soakLength = time.Second

// measureSoak samples the subjects in turn.
func measureSoak(ctx context.Context, p *pool, length time.Duration, list []subject) (s Soak, err error) {
	s = Soak{Length: length, Samples: map[string][]Sample{}}
	running, stop, err := startAll(ctx, list, p)
	defer func() { err = errors.Join(err, stop()) }()
	if err != nil {
		return s, err
	}
	for _, p := range running {
		s.Subjects = append(s.Subjects, p.name)
	}
	for began, i := time.Now(), 0; time.Since(began) < length; i++ {
		kind := []string{write, read}[i%2]
		for _, p := range running {
			sample, err := p.sample(Case{kind, 4 << 10, 1024, 16}, min(soakLength, length/8))
			if err != nil {
				return s, err
			}
			s.Samples[p.name] = append(s.Samples[p.name], sample)
		}
	}
	return s, nil
}

// median returns the median of a value over a third of a subject's samples: 0, 1 or 2. In the
// first third, memory still grows to its steady size.
func (s Soak) median(subject string, of func(Sample) float64, third int) float64 {
	list := s.Samples[subject]
	m := Measured{Samples: map[string][]Sample{subject: list[third*len(list)/3 : ((third+1)*len(list)+2)/3]}}
	return m.median(subject, of)
}

// growth returns the ratio of the resident memory in the last third and the second.
func (s Soak) growth() float64 { return s.median(ours, resident, 2) / s.median(ours, resident, 1) }

// maxGrowth is the permitted growth. The garbage collector causes some variation.
const maxGrowth = 1.05

// check returns an error if memory grows.
func (s Soak) check() error {
	if s.growth() > maxGrowth {
		return errors.New("memory grows")
	}
	return nil
}

var soakColumns = []string{"resident, second third", "last third", "at most", "of these Go", "threads", "operations/s"}

func (s Soak) rows() [][]string {
	var rows [][]string
	for _, subject := range s.Subjects {
		most := slices.MaxFunc(s.Samples[subject], func(a, b Sample) int { return a.Resident - b.Resident })
		rows = append(rows, []string{subject,
			megabytes(s.median(subject, resident, 1)), megabytes(s.median(subject, resident, 2)), megabytes(float64(most.Resident)),
			megabytes(s.median(subject, ofGo, 2)), fmt.Sprintf("%.0f", s.median(subject, threads, 2)), fmt.Sprintf("%.0f", s.median(subject, rate, 2))})
	}
	return rows
}

func megabytes(bytes float64) string { return fmt.Sprintf("%.0f MB", bytes/1e6) }

func (s Soak) title() string {
	return fmt.Sprintf("1024 operations of 4 KiB in flight, for %v", s.Length)
}

// table formats the results for a terminal.
func (s Soak) table() string {
	if len(s.Subjects) == 0 {
		return ""
	}
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	section(t, s.title(), soakColumns, s.rows())
	t.Flush()
	return b.String()
}
