package release

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/model"
)

// Header returns a C header with the declarations of a.
func Header(a *model.API) string {
	h := &header{api: a, seen: make(map[string]bool)}
	h.line("#include <linux/types.h>\n#include <stddef.h>\n#include <stdint.h>\n#include <sys/socket.h>\n#include <sys/time.h>\n#include <sys/types.h>\n#include <sys/uio.h>\n#include <time.h>")
	for _, c := range a.Consts {
		h.constant(c)
	}
	for _, t := range a.Typedefs {
		h.declare(model.Type{Base: t.Name})
	}
	for _, s := range a.Structs {
		h.declare(model.Type{Base: s.Name})
	}
	for _, c := range a.Callbacks {
		h.declare(model.Type{Base: c.Name})
	}
	for _, f := range a.Funcs {
		h.signature(f.Result, f.Params)
		h.line("%s;", f.Prototype())
	}
	return h.text.String()
}

type header struct {
	api  *model.API
	text strings.Builder
	seen map[string]bool
}

func (h *header) line(format string, args ...any) {
	fmt.Fprintf(&h.text, format+"\n", args...)
}

func (h *header) constant(c *model.Const) {
	value := c.Value
	if _, err := strconv.ParseInt(value, 10, 64); err != nil && value[0] != '"' {
		value += "u"
	}
	if c.Enum {
		h.line("enum { %s = %s };", c.Name, value)
	} else {
		h.line("#define %s %s", c.Name, value)
	}
}

func (h *header) signature(result model.Type, params []model.Param) {
	h.declare(result)
	for _, p := range params {
		if p.Func != nil {
			h.signature(p.Func.Result, p.Func.Params)
			continue
		}
		h.declare(p.Type)
	}
}

// declare writes the declaration of a type after those of the types that it consists of.
func (h *header) declare(t model.Type) {
	name := t.Base
	if h.seen[name] {
		return
	}
	h.seen[name] = true
	def, c, s := typedefOf(h.api, name), callbackOf(h.api, name), structOf(h.api, name)
	switch {
	case def != nil && def.Type.Base == "enum":
		h.line("typedef enum { value_of_%s } %s;", name, name)
	case def != nil:
		h.declare(def.Type)
		h.line("typedef %s;", def.Type.Declare(name))
	case c != nil:
		h.signature(c.Result, c.Params)
		h.line("typedef %s;", strings.Replace(c.Signature(), "(*)", "(*"+name+")", 1))
	case s != nil:
		h.layout(s)
	case strings.HasPrefix(name, "enum "):
		h.line("%s { value_of_%s };", name, strings.TrimPrefix(name, "enum "))
	case strings.HasPrefix(name, "struct ") && !ctype.IsSystemStruct(name):
		h.line("%s;", name)
	}
}

func (h *header) layout(s *model.Struct) {
	if strings.HasPrefix(s.Name, "struct ") {
		h.line("%s;", s.Name) // which a field may point to
	}
	for _, f := range s.Fields {
		h.declare(f.Type)
	}
	packed := ""
	if s.Packed {
		packed = "__attribute__((packed)) "
	}
	tag, tagged := strings.CutPrefix(s.Name, "struct ")
	if tagged {
		h.line("struct %s%s {", packed, tag)
	} else {
		h.line("typedef struct %s{", packed)
	}
	for _, f := range s.Fields {
		text := f.Type.Declare(f.Name)
		if f.Array > 0 {
			text += fmt.Sprintf("[%d]", f.Array)
		}
		h.line("\t%s;", text)
	}
	if tagged {
		h.line("};")
	} else {
		h.line("} %s;", s.Name)
	}
}
