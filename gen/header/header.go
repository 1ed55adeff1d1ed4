// Package header parses a C header into the model.
//
// Parsing is hermetic: no C compiler is run, and no header of the machine is
// opened except the given one, headers in its directory, and those in the folders that
// a Library names. The system headers that they include are embedded, for an LP64 machine.
package header

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"modernc.org/cc/v4"

	"github.com/go-rados/go-rados/gen/model"
)

// Library says which declarations of a header are those of a library.
type Library struct {
	Functions string   // how the names of its functions begin
	Consts    []string // how those of its constants begin
	// Includes are the folders beside that of the header from which it may include others.
	// What those declare is left out unless the header's own declarations use it.
	Includes []string
}

// Parse parses the header at path. It looks for a quoted #include only in the
// directory of path and in the folders of l.Includes beside it.
func (l Library) Parse(path string) (*model.API, error) {
	path = filepath.Clean(path)
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read C header: %w", err)
	}
	dirs := []string{filepath.Dir(path)}
	for _, folder := range l.Includes {
		dirs = append(dirs, filepath.Join(dirs[0], "..", folder))
	}
	api, err := l.parse(path, src, dirs)
	if err == nil && len(api.Funcs) == 0 {
		return nil, fmt.Errorf("%s declares no function whose name begins with %s", path, l.Functions)
	}
	return api, err
}

// ParseSource parses a header in memory; name is the file name in positions. It
// can include only the embedded system headers.
func (l Library) ParseSource(name string, src []byte) (*model.API, error) {
	return l.parse(name, src, nil)
}

// parse parses a header, which can include the files of the folders dirs.
func (l Library) parse(name string, src []byte, dirs []string) (*model.API, error) {
	sources := &sources{dirs: dirs, edited: make(map[string]string)}
	sources.add(name, string(src))
	for {
		ast, pack, err := translate(name, sources)
		if err == nil {
			api, err := l.convert(ast, sources, pack)
			if err != nil {
				return nil, err
			}
			api.Header = filepath.Base(name)
			prune(api, filepath.Dir(name))
			return api, nil
		}
		// The parser stops at a declaration that it does not understand, so it tries again
		// without it.
		if !sources.cut(err) {
			return nil, err
		}
	}
}

// translate parses a header. It also returns the directives that change the layout of structs.
func translate(name string, src *sources) (ast *cc.AST, pack []pragma, err error) {
	// The parser panics on some malformed input.
	defer func() {
		if p := recover(); p != nil {
			ast, err = nil, fmt.Errorf("%s: the C parser failed: %v", name, p)
		}
	}()
	cfg, err := config(src, &pack)
	if err != nil {
		return nil, nil, err
	}
	// An error of the preprocessor ends the text, after which the parser may not terminate.
	if err = cc.Preprocess(cfg, src.list(name), io.Discard); err == nil {
		pack = nil // it is read again
		ast, err = cc.Translate(cfg, src.list(name))
	}
	if err != nil {
		// Later errors are usually consequences of the first one.
		first, _, _ := strings.Cut(err.Error(), "\n")
		first = strings.TrimPrefix(strings.TrimSuffix(first, ":"), "-: ") // an unknown position
		if !complaintRE.MatchString(first) {
			first = name + ": the C parser failed: " + first
		}
		return nil, nil, errors.New(first + unknownType(first, src))
	}
	return ast, pack, nil
}

var (
	unexpectedRE = regexp.MustCompile(`^(.*):(\d+):(\d+): unexpected identifier\b`)
	wordRE       = regexp.MustCompile(`(\w+)[\s*]*$`)
)

// unknownType returns a hint for an undeclared type: the parser mistakes it for the
// declared name, and reports the name after it.
func unknownType(complaint string, src *sources) string {
	at := unexpectedRE.FindStringSubmatch(complaint)
	if at == nil || src.edited[at[1]] == "" {
		return ""
	}
	row, _ := strconv.Atoi(at[2])
	col, _ := strconv.Atoi(at[3])
	lines := strings.Split(src.edited[at[1]], "\n")
	if row > len(lines) || col > len(lines[row-1]) {
		return ""
	}
	line := lines[row-1]
	word := wordRE.FindStringSubmatch(line[:col-1])
	if word == nil {
		return ""
	}
	return fmt.Sprintf("; if %s is a type, nothing declares it before", word[1])
}

// config describes a fixed machine, so that a header gives the same model on every
// machine.
func config(files fs.FS, pack *[]pragma) (*cc.Config, error) {
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
			var text []string
			for _, word := range words {
				text = append(text, word.SrcStr())
			}
			if slices.Contains(text, "pack") { // the parser would leave gaps all the same
				*pack = append(*pack, newPragma(pos(words[0]), text))
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
#define __dep __attribute__((deprecated))
`

// epilogue is appended to the header. Without it the parser does not terminate on
// some truncated headers.
const (
	epilogue     = "\nint " + epilogueName + ";\n"
	epilogueName = "__end_of_header"
)

// systemDir is the apparent directory of the embedded headers. It cannot exist, so
// that a position shows whether it is in one of them.
const systemDir = "<system>"

//go:embed include
var system embed.FS
