// Package header parses the C header librados.h into the model.
//
// Parsing is hermetic: no C compiler is run, and no header of the machine is
// opened except the given one and headers in its directory. The system headers that
// librados.h includes are embedded, for an LP64 machine.
package header

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"modernc.org/cc/v4"

	"github.com/go-rados/go-rados/gen/model"
)

// Parse parses the header at path. It looks for a quoted #include only in the
// directory of path.
func Parse(path string) (*model.API, error) {
	path = filepath.Clean(path)
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read C header: %w", err)
	}
	api, err := parse(path, src, includes{dir: filepath.Dir(path)})
	if err == nil && len(api.Funcs) == 0 {
		return nil, fmt.Errorf("%s declares no function whose name begins with %s", path, funcPrefix)
	}
	return api, err
}

// ParseSource parses a header in memory; name is the file name in positions. It
// can include only the embedded system headers.
func ParseSource(name string, src []byte) (*model.API, error) {
	return parse(name, src, includes{})
}

func parse(name string, src []byte, files includes) (*model.API, error) {
	cfg, err := config(files)
	if err != nil {
		return nil, err
	}
	ast, err := translate(cfg, name, src)
	if err != nil {
		return nil, err
	}
	return convert(ast)
}

func translate(cfg *cc.Config, name string, src []byte) (ast *cc.AST, err error) {
	// The parser panics on some malformed input.
	defer func() {
		if p := recover(); p != nil {
			ast, err = nil, fmt.Errorf("%s: the C parser failed: %v", name, p)
		}
	}()
	ast, err = cc.Translate(cfg, []cc.Source{
		{Name: systemDir + "/prelude.h", Value: prelude},
		{Name: name, Value: string(src) + epilogue},
	})
	if err != nil {
		// Later errors are usually consequences of the first one.
		first, _, _ := strings.Cut(err.Error(), "\n")
		first = strings.TrimSuffix(first, ":")
		return nil, errors.New(first + unknownType(first, name, string(src)))
	}
	return ast, nil
}

var (
	unexpectedRE = regexp.MustCompile(`^(.*):(\d+):(\d+): unexpected identifier\b`)
	wordRE       = regexp.MustCompile(`(\w+)[\s*]*$`)
)

// unknownType returns a hint for an undeclared type: the parser mistakes it for the
// declared name, and reports the name after it.
func unknownType(complaint, name, src string) string {
	at := unexpectedRE.FindStringSubmatch(complaint)
	if at == nil || at[1] != name {
		return ""
	}
	row, _ := strconv.Atoi(at[2])
	col, _ := strconv.Atoi(at[3])
	lines := strings.Split(src, "\n")
	if row > len(lines) || col > len(lines[row-1]) {
		return ""
	}
	line := lines[row-1]
	word := wordRE.FindStringSubmatch(line[:col-1])
	if word == nil {
		return ""
	}
	return fmt.Sprintf("\n  if %s is to be a type: nothing declares it before\n  %s", word[1], strings.TrimSpace(line))
}

// config describes a fixed machine, so that a header gives the same model on every
// machine.
func config(files fs.FS) (*cc.Config, error) {
	abi, err := cc.NewABI("linux", "amd64")
	if err != nil {
		return nil, fmt.Errorf("set up C parser: %w", err)
	}
	return &cc.Config{
		ABI:             abi,
		FS:              files,
		FSOnly:          true,
		IncludePaths:    []string{"@"}, // the directory of the including file
		SysIncludePaths: []string{systemDir},
		DefaultSizeT:    cc.ULong,
		EvalAllMacros:   true,
		Header:          true,
		UnsignedEnums:   true,
		ExpansionLimit:  1 << 20, // far more than a header needs, but an end
		PragmaHandler: func(words []cc.Token) error {
			for _, word := range words {
				if word.SrcStr() == "pack" { // the parser would leave gaps all the same
					return fmt.Errorf("%v: #pragma pack is not supported", pos(word))
				}
			}
			return nil
		},
	}, nil
}

// prelude replaces the predefined macros of a compiler. The parser requires the
// declaration at the beginning.
const prelude = `int __predefined_declarator;
#define __linux__ 1
#define __STDC__ 1
#define __STDC_VERSION__ 201112L
`

// epilogue is appended to the header. Without it the parser does not terminate on
// some truncated headers.
const epilogue = "\nint __end_of_header;\n"

// systemDir is the apparent directory of the embedded headers. It cannot exist, so
// that a position shows whether it is in one of them.
const systemDir = "<system>"

//go:embed include
var system embed.FS

// includes is the file system of the preprocessor: the embedded system headers, and
// the files of dir unless it is empty.
type includes struct {
	dir string
}

func (i includes) Open(name string) (fs.File, error) {
	if rest, ok := strings.CutPrefix(name, systemDir+"/"); ok {
		return system.Open("include/" + rest)
	}
	if i.dir != "" && filepath.Dir(name) == i.dir {
		return os.Open(name)
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}
