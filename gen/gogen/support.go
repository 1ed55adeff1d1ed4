package gogen

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/role"
)

// support writes the few helpers that need both Go and C.
func support(f *jen.File, p *ir.Plan) {
	errorTypes(f, p)
	doc(f, "asError turns a code of the C side into an error: nil when it is not negative.")
	f.Func().Id("asError").Params(jen.Id("ret").Int()).Error().Block(
		jen.Switch().BlockFunc(func(g *jen.Group) {
			g.Case(jen.Id("ret").Op(">=").Lit(0)).Block(jen.Return(jen.Nil()))
			for _, e := range p.Errors {
				if e.ShimCode != "" {
					g.Case(jen.Id("ret").Op("==").Qual("C", "GORADOS_"+e.ShimCode)).Block(jen.Return(jen.Id(e.Go)))
				}
			}
		}),
		jen.If(
			jen.List(jen.Id("missing"), jen.Id("ok")).Op(":=").Id("missingFunctions").Index(jen.Id("ret")),
			jen.Id("ok"),
		).Block(jen.Return(jen.Id("missing"))),
		jen.Return(jen.Id("radosError").Call(jen.Id("ret"))),
	).Line()

	missing(f, p)
	loaded(f, p)
	verdict(f, p)
	hasCode(f, p)
	events(f)
	calls(f, p)

	doc(f, "stringPointer is where the bytes of s are. C gets the length as well: there is no NUL behind them.")
	f.Func().Id("stringPointer").Params(jen.Id("s").String()).Op("*").Qual("C", "char").Block(
		jen.Return(jen.Params(jen.Op("*").Qual("C", "char")).Call(
			jen.Qual("unsafe", "Pointer").Call(jen.Qual("unsafe", "StringData").Call(jen.Id("s"))))),
	).Line()
	doc(f, "bytesPointer is where the bytes of b are; b may be empty or nil.")
	f.Func().Id("bytesPointer").Params(jen.Id("b").Index().Byte()).Op("*").Qual("C", "char").Block(
		jen.Return(jen.Params(jen.Op("*").Qual("C", "char")).Call(
			jen.Qual("unsafe", "Pointer").Call(jen.Qual("unsafe", "SliceData").Call(jen.Id("b"))))),
	).Line()

	buffer := jen.Id("buf").Op("*").Qual("C", "struct_gorados_buf")
	content := jen.Qual("unsafe", "Slice").Call(
		jen.Params(jen.Op("*").Byte()).Call(jen.Qual("unsafe", "Pointer").Call(jen.Id("buf").Dot("p"))),
		jen.Id("buf").Dot("len"))
	take := func(name, drop, comment string, arg, result, empty jen.Code, copied *jen.Statement) {
		f.Comment(comment)
		f.Func().Id(name).Params(buffer.Clone()).Add(result).Block(
			jen.If(jen.Id("buf").Dot("p").Op("==").Nil()).Block(jen.Return(empty)),
			jen.Id("taken").Op(":=").Add(copied.Clone().Call(content.Clone())),
			jen.Qual("C", drop).Call(arg),
			jen.Return(jen.Id("taken")),
		).Line()
	}
	doc(f, "ownBytes copies b; the copy of no bytes is nil.")
	f.Func().Id("ownBytes").Params(jen.Id("b").Index().Byte()).Index().Byte().Block(
		jen.Return(jen.Append(jen.Index().Byte().Call(jen.Nil()), jen.Id("b").Op("..."))),
	).Line()
	// A text is copied once, as what it is.
	both := func(name, drop, comment string, arg jen.Code) {
		take(name, drop, "// "+name+" "+comment, arg, jen.Index().Byte(), jen.Nil(), jen.Id("ownBytes"))
		take(name+"String", drop, "// "+name+"String is "+name+" for text.", arg, jen.String(), jen.Lit(""), jen.String())
	}
	both("takeBuffer", "gorados_buf_free", "copies what a shim left in buf and frees it.", jen.Id("buf"))
	doc(f, "takeBufferInto appends what a shim left in buf to own, whose memory is of no other use, and frees it.")
	f.Func().Id("takeBufferInto").Params(jen.Id("own").Index().Byte(), buffer.Clone()).Index().Byte().Block(
		jen.Id("taken").Op(":=").Append(jen.Id("own"), content.Clone().Op("...")),
		jen.Qual("C", "gorados_buf_free").Call(jen.Id("buf")),
		jen.Return(jen.Id("taken")),
	).Line()
	if p.Buffers.Free != nil {
		both("takeOwned", "gorados_"+p.Buffers.Free.Name, "copies what the library left in buf and gives its memory back.", jen.Id("buf").Dot("p"))
	}
}

// verdict writes the helper of the methods that return a code as an answer.
func verdict(f *jen.File, p *ir.Plan) {
	if !slices.ContainsFunc(p.Methods, func(m *ir.Method) bool { return m.Ret().Answers }) {
		return
	}
	doc(f, "verdict tells the codes that are answers from those that are errors. Where librados was not called, "+
		"the code is the errno nearest to the error.")
	f.Func().Id("verdict").Params(jen.Id("ret").Int(), jen.Err().Error(), jen.Id("answers").Op("...").Int()).Params(jen.Int(), jen.Error()).Block(
		jen.If(jen.Err().Op("==").Nil().Op("||").Qual("slices", "Contains").Call(jen.Id("answers"), jen.Op("-").Id("ret"))).Block(
			jen.Return(jen.Id("ret"), jen.Nil()),
		),
		jen.Return(jen.Id("errorCode").Call(jen.Err()), jen.Err()),
	).Line()
}

// hasCode writes the helper of the methods that are repeated with a newer OSD map.
func hasCode(f *jen.File, p *ir.Plan) {
	if !slices.ContainsFunc(p.Methods, func(m *ir.Method) bool { return m.FreshMap != nil }) {
		return
	}
	doc(f, "hasCode reports whether err is one of those errnos.")
	f.Func().Id("hasCode").Params(jen.Err().Error(), jen.Id("errnos").Op("...").Int()).Bool().Block(
		jen.List(jen.Id("code"), jen.Id("ok")).Op(":=").Err().Assert(jen.Id("radosError")),
		jen.Return(jen.Id("ok").Op("&&").Qual("slices", "Contains").Call(jen.Id("errnos"), jen.Op("-").Int().Call(jen.Id("code")))),
	).Line()
}

func errorTypes(f *jen.File, p *ir.Plan) {
	recv := jen.Id("e").Id("radosError")
	doc(f, "radosError is a negative errno as librados returns it.")
	f.Type().Id("radosError").Int().Line()
	doc(f, "Error returns the code and what it means, in the words of C's strerror.")
	f.Func().Params(recv.Clone()).Id("Error").Params().String().Block(
		jen.Return(jen.Qual("fmt", "Sprintf").Call(
			jen.Lit("rados: ret=%d, %s"), jen.Int().Call(jen.Id("e")), jen.Id("e").Dot("text").Call())),
	).Line()
	doc(f, "errnoText is the C library's text of an errno.")
	f.Func().Id("errnoText").Params(jen.Id("errno").Int()).String().Block(
		jen.Var().Id("text").Index(jen.Lit(256)).Qual("C", "char"),
		jen.Qual("C", "gorados_errno_text").Call(jen.Qual("C", "int").Call(jen.Id("errno")), jen.Op("&").Id("text").Index(jen.Lit(0)), jen.Qual("C", "size_t").Call(jen.Len(jen.Id("text")))),
		jen.Return(jen.Qual("C", "GoString").Call(jen.Op("&").Id("text").Index(jen.Lit(0)))),
	).Line()
	doc(f, "ErrorCode is the code as C returned it: a negative errno.")
	f.Func().Params(recv.Clone()).Id("ErrorCode").Params().Int().Block(jen.Return(jen.Int().Call(jen.Id("e")))).Line()
	doc(f, "Is lets errors.Is recognise the errno, what the standard library takes it for (fs.ErrNotExist and "+
		"the like), and an error of another package with the same ErrorCode.")
	f.Func().Params(recv.Clone()).Id("Is").Params(jen.Id("target").Error()).Bool().Block(
		jen.Return(jen.Id("isErrno").Call(jen.Id("e").Dot("errno").Call(), jen.Id("target")).Add(tells(p)...)),
	).Line()
	f.Func().Params(recv.Clone()).Id("errno").Params().Qual("syscall", "Errno").Block(
		jen.Return(jen.Qual("syscall", "Errno").Call(jen.Op("-").Id("e"))),
	).Line()

	recv = jen.Id("e").Op("*").Id("stateError")
	doc(f, "stateError is an error that no code of librados stands for; errors.Is finds the errno nearest to it.")
	f.Type().Id("stateError").Struct(jen.Id("text").String(), jen.Id("errno").Qual("syscall", "Errno")).Line()
	f.Func().Params(recv.Clone()).Id("Error").Params().String().Block(jen.Return(jen.Id("e").Dot("text"))).Line()
	doc(f, "ErrorCode is the negative errno nearest to the error.")
	f.Func().Params(recv.Clone()).Id("ErrorCode").Params().Int().Block(
		jen.Return(jen.Op("-").Int().Call(jen.Id("e").Dot("errno"))),
	).Line()
	f.Func().Params(recv.Clone()).Id("Is").Params(jen.Id("target").Error()).Bool().Block(
		jen.Return(jen.Id("isErrno").Call(jen.Id("e").Dot("errno"), jen.Id("target"))),
	).Line()

	doc(f, "isErrno reports whether target is errno, what the standard library takes errno for, or an error of "+
		"another package with the same code. Errors of this package are different though their codes may be the same.")
	f.Func().Id("isErrno").Params(jen.Id("errno").Qual("syscall", "Errno"), jen.Id("target").Error()).Bool().Block(
		jen.Switch(jen.Id("target").Op(":=").Id("target").Assert(jen.Type())).Block(
			jen.Case(jen.Id("radosError"), jen.Op("*").Id("stateError"), jen.Op("*").Id("MissingFunctionError")).Block(jen.Return(jen.False())),
			jen.Case(jen.Interface(jen.Id("ErrorCode").Params().Int())).Block(
				jen.Return(jen.Id("target").Dot("ErrorCode").Call().Op("==").Op("-").Int().Call(jen.Id("errno")))),
		),
		jen.Return(jen.Id("target").Op("==").Error().Call(jen.Id("errno")).Op("||").
			Id("errno").Dot("Is").Call(jen.Id("target"))),
	).Line()
}

// tells are the variables that errors.Is finds in the error of an errno.
func tells(p *ir.Plan) (or []jen.Code) {
	for _, e := range p.Errors {
		if e.MatchesErrno != "" {
			or = append(or, jen.Op("||").Line().
				Id("target").Op("==").Id(e.Go).Op("&&").Id("e").Dot("errno").Call().Op("==").Qual("syscall", e.MatchesErrno))
		}
	}
	return or
}

// events writes how Go comes for what librados said when it called back.
func events(f *jen.File) {
	e := jen.Id("e")
	field := func(name string) *jen.Statement { return e.Clone().Dot(name) }
	event := func() *jen.Statement { return jen.Qual(callbackPackage, "Event") }
	doc(f, "nextEvents blocks until librados has called back, and returns the events, oldest first.")
	f.Func().Id("nextEvents").Params().Index().Add(event()).Block(
		jen.Var().Id("list").Index().Add(event()),
		jen.Id("next").Op(":=").Qual("C", "gorados_events_wait").Call(),
		jen.For(jen.Id("next").Op("!=").Nil()).Block(
			e.Clone().Op(":=").Id("next"),
			jen.Id("list").Op("=").Append(jen.Id("list"), role.Literal(event(),
				role.Field{Name: "Token", Value: jen.Uintptr().Call(field("token"))},
				role.Field{Name: "Number", Value: jen.Op("*").Parens(jen.Op("*").Index(jen.Lit(3)).Uint64()).Call(jen.Qual("unsafe", "Pointer").Call(jen.Op("&").Add(field("number"))))},
				role.Field{Name: "Err", Value: jen.Id("asError").Call(jen.Int().Call(field("err")))},
				role.Field{Name: "Data", Value: jen.Id("ownBytes").Call(jen.Qual("unsafe", "Slice").Call(
					jen.Params(jen.Op("*").Byte()).Call(jen.Qual("unsafe", "Pointer").Call(field("data"))), field("len")))},
			)),
			jen.Id("next").Op("=").Add(field("next")),
			jen.Qual("C", "free").Call(jen.Qual("unsafe", "Pointer").Call(e.Clone())),
		),
		jen.Return(jen.Id("list")),
	).Line()
	doc(f, "markEvents has nextEvents return an event with that token, after all events that librados has caused so far.")
	f.Func().Id("markEvents").Params(jen.Id("token").Uintptr()).Block(
		jen.Qual("C", "gorados_events_mark").Call(jen.Qual("C", "uintptr_t").Call(jen.Id("token"))),
	).Line()
}
