package gogen

import (
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"
)

// modulePath is the module of the generated package. Its own imports form a group.
const modulePath = "github.com/go-rados/go-rados"

// groupImports separates the imports of the standard library from those of the module,
// which jennifer sorts into one list.
func groupImports(src string) string {
	const start, end = "import (\n", "\n)\n"
	head, rest, ok := strings.Cut(src, start)
	if !ok {
		return src
	}
	block, tail, _ := strings.Cut(rest, end)
	var standard, own []string
	for line := range strings.SplitSeq(block, "\n") {
		if strings.Contains(line, `"`+modulePath+"/") {
			own = append(own, line)
		} else {
			standard = append(standard, line)
		}
	}
	groups := slices.DeleteFunc([]string{strings.Join(standard, "\n"), strings.Join(own, "\n")},
		func(group string) bool { return group == "" })
	return head + start + strings.Join(groups, "\n\n") + end + tail
}

// heading opens a section of the Go file.
func heading(f *jen.File, text string) {
	f.Comment("// --- " + text + " ---")
	f.Line()
}

// flags reports whether the numbers are flags, which read best as shifts: at least three, each of
// them zero or a power of two.
func flags(values []string) bool {
	if len(values) < 3 {
		return false
	}
	for _, value := range values {
		n, err := strconv.ParseUint(value, 0, 64)
		if err != nil || bits.OnesCount64(n) > 1 {
			return false
		}
	}
	return true
}

// shift writes a power of two as a shift of 1, and anything else as it is.
func shift(value string) string {
	n, err := strconv.ParseUint(value, 0, 64)
	if err != nil || bits.OnesCount64(n) != 1 {
		return value
	}
	return fmt.Sprintf("1 << %d", bits.TrailingZeros64(n))
}
