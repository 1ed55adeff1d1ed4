package docs

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// prelude declares the names that the code of docs/MIGRATING.md does not.
const prelude = `package migrating

import (
	"context"

	"github.com/go-rados/go-rados/rados"
)

type (
	ctxType = context.Context
	ioctxType = *rados.IOContext
)

const snap = rados.SnapID(1)

var data []byte

func work(context.Context) error { return nil }
`

// imports are the packages that the code uses by their name.
var imports = map[string]string{
	"context": "context", "errors": "errors", "fmt": "fmt", "log": "log", "syscall": "syscall", "time": "time",
	"rados": "github.com/go-rados/go-rados/rados", "radoslock": "github.com/go-rados/go-rados/rados/radoslock",
}

// TestMigratingCode compiles the code before and after the move in docs/MIGRATING.md.
func TestMigratingCode(t *testing.T) {
	files, kinds := map[string]string{"prelude.go": prelude}, map[string]int{}
	for i, b := range blocks(read(t, "docs/MIGRATING.md")) {
		if kind, ok := strings.CutPrefix(b.info, "go "); ok {
			kinds[kind]++
			files[fmt.Sprintf("block%d.go", i)] = inFunction(b.text)
		}
	}
	assert.Greater(t, kinds["before"], 5)
	assert.Greater(t, kinds["after"], kinds["before"])
	out, err := compile(t, files)
	assert.NoError(t, err, "%s", out)

	files["broken.go"] = inFunction("err := ioctx.WriteFully(\"report\", data)\n")
	out, err = compile(t, files)
	assert.Error(t, err, "an error in a block is found")
	assert.Contains(t, string(out), "ioctx.WriteFully undefined")
}

var declaresErr = regexp.MustCompile(`(?m)^(\w+, )*err := `)

// inFunction returns a file that has the code in a function with the names that it uses.
func inFunction(code string) string {
	var b strings.Builder
	b.WriteString("package migrating\n\n")
	for name, path := range imports {
		if strings.Contains(code, name+".") {
			fmt.Fprintf(&b, "import %q\n", path)
		}
	}
	result := "nil"
	if declaresErr.MatchString(code) {
		result = "err" // or it might be unused
	}
	fmt.Fprintf(&b, "\nfunc _(ctx ctxType, ioctx ioctxType) error {\n%s\nreturn %s\n}\n", code, result)
	return b.String()
}

// compile builds a package of this module whose files exist only in a temporary folder.
func compile(t *testing.T, files map[string]string) (out []byte, err error) {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join(root, "internal/test/docs/migrating"))
	require.NoError(t, err)
	temp, replace := t.TempDir(), map[string]string{}
	for name, text := range files {
		replace[filepath.Join(dir, name)] = filepath.Join(temp, name)
		require.NoError(t, os.WriteFile(filepath.Join(temp, name), []byte(text), 0o644))
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	path := filepath.Join(temp, "overlay.json")
	require.NoError(t, os.WriteFile(path, overlay, 0o644))
	cmd := exec.Command("go", "build", "-overlay", path, "./internal/test/docs/migrating")
	cmd.Dir = root
	return cmd.CombinedOutput()
}
