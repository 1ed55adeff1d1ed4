package role

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(inTimes{}, "An array of a fixed length of times, which C takes with microseconds or nanoseconds.",
		"name")
	register(inTime{}, "A time, which C takes in whole seconds.",
		"name")
}

// in-times: an array of times whose length the header declares.
type inTimes struct{}

func (inTimes) Name() string { return "in-times" }

func (inTimes) Fits(a *ir.Arg) error {
	base := a.Param.Type.Base
	if len(a.Param.Dims) != 1 || a.Param.Dims[0] == 0 || len(a.Param.Type.Stars) != 1 || base != "struct timeval" && base != "struct timespec" || a.Async {
		return wants(a, "an array of struct timeval or struct timespec with a length")
	}
	return nil
}

func (inTimes) Part(a *ir.Arg) ir.Part {
	p := recordPart(a, fmt.Sprintf("[%d]time.Time", a.Param.Dims[0]), a.Param.Name)
	p.Sized = true
	return p
}

func (inTimes) Code(a *ir.Arg) Code {
	times, in, n := copied(a), a.Param.Name+"_in", a.Param.Dims[0]
	f := passRecord(a, jen.For(jen.List(jen.Id("_"), jen.Id("each")).Op(":=").Range().Id(a.GoName)).Block(
		jen.Id(a.GoName+"Record").Dot("Time").Call(jen.Id("each"))))
	f.Locals = append(f.Locals, fmt.Sprintf("%s %s[%d]", a.Param.Type.Base, times, n))
	fraction := readMember(times+"[i].tv_nsec", in)
	if a.Param.Type.Base == "struct timeval" {
		fraction = fmt.Sprintf("%s[i].tv_usec = (suseconds_t)(gorados_read_number(&%s) / 1000)", times, in)
	}
	f.Prepare = []string{loop("i", fmt.Sprint(n), []string{readMember(times+"[i].tv_sec", in), fraction})}
	f.CallArgs = map[string]string{a.Param.Name: times}
	return f
}

// in-time: a time in whole seconds.
type inTime struct{}

func (inTime) Name() string { return "in-time" }

func (inTime) Fits(a *ir.Arg) error {
	if !a.Param.Type.Is("time_t", 0) {
		return wants(a, "time_t")
	}
	return nil
}

func (r inTime) Infers(a *ir.Arg) bool { return !a.Step && r.Fits(a) == nil }

func (inTime) Part(a *ir.Arg) ir.Part { return inPart(a, "time.Time", a.Param.Name) }

func (inTime) Code(a *ir.Arg) Code {
	return Code{
		ShimArgs:   []jen.Code{c("time_t").Call(jen.Id(a.GoName).Dot("Unix").Call())},
		ShimParams: []string{"time_t " + a.Param.Name},
		CallArgs:   map[string]string{a.Param.Name: a.Param.Name},
	}
}
