package gogen_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/load"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
	"github.com/go-rados/go-rados/gen/role"
	"github.com/go-rados/go-rados/gen/spec"
)

// everyForm has declarations of a parameter p, of which some need its length n.
var everyForm = []string{
	"char p", "signed char p", "unsigned char p", "short p", "unsigned short p", "int p", "unsigned p", "long p", "unsigned long p",
	"long long p", "unsigned long long p", "float p", "double p", "_Bool p", "int8_t p", "int16_t p", "int32_t p", "int64_t p",
	"uint8_t p", "uint16_t p", "uint32_t p", "uint64_t p", "size_t p", "ssize_t p", "time_t p", "rados_mood_t p", "enum rados_tag p", "rados_alias_t p",
	"struct timespec p", "struct rados_size_t p", "rados_pair_t p",
	"char *p", "const char *p", "char *const p", "volatile char *p", "unsigned char *p", "const unsigned char *p", "signed char *p",
	"int *p", "const int *p", "unsigned *p", "long *p", "float *p", "double *p", "_Bool *p", "uint8_t *p", "const uint8_t *p",
	"int8_t *p", "int64_t *p", "uint64_t *p", "const uint64_t *p", "uint32_t *p", "size_t *p", "const size_t *p", "ssize_t *p", "time_t *p", "const time_t *p",
	"rados_mood_t *p", "rados_alias_t *p", "const rados_alias_t *p", "struct timespec *p", "const struct timespec *p", "struct timeval *p", "const struct timeval *p",
	"struct rados_size_t *p", "const struct rados_size_t *p", "rados_pair_t *p", "struct rados_unknown *p", "void *p", "const void *p", "void **p",
	"char **p", "const char **p", "char *const *p", "const char *const *p", "char ***p", "int **p", "uint64_t **p", "rados_pair_t **p",
	"rados_thing_t p", "rados_thing_t *p", "const rados_thing_t *p", "rados_thing_t **p", "const rados_thing_t p", "rados_other_t p", "rados_other_t *p",
	"rados_ioctx_t p", "rados_ioctx_t *p", "const rados_ioctx_t *p", "rados_ioctx_t **p", "rados_t *p", "rados_walk_t p",
	"rados_shout_t *p", "char p[]", "const char p[]", "char p[16]", "const char *p[]", "char *p[4]", "uint64_t p[]", "uint64_t p[1]", "uint8_t p[16]", "char p[][4]",
	"char *p, size_t n", "const char *p, size_t n", "char *p, int n", "const char *p, unsigned n", "const char *p, int64_t n", "char *p, uint64_t n", "char *p, uint32_t n",
	"char *p, uint16_t n", "char *p, size_t *n", "const char *p, size_t *n", "char **p, size_t *n", "const char **p, size_t *n", "char *const *p, size_t *n", "const char *const *p, size_t *n",
	"char **p, int *n", "char **p, const size_t *n", "char **p, size_t n", "const char **p, size_t n", "const char *const *p, size_t n", "char *const *p, size_t n", "const char **p, int n",
	"const char *p[], int n", "uint64_t *p, size_t n", "const uint64_t *p, int n", "rados_alias_t *p, int n", "uint64_t p[], uint32_t n", "uint64_t *p, size_t *n", "uint8_t *p, size_t n", "void *p, size_t n", "const void *p, size_t n",
	"rados_words_t *p", "const rados_words_t *p", "rados_words_t p", "rados_pair_t *p, int *n", "rados_words_t *p, size_t *n", "rados_words_t *p, size_t c, size_t *n",
	"rados_words_t *p, size_t n", "const rados_words_t *p, size_t n", "rados_words_t *p, int n", "rados_words_t p[], size_t n", "rados_words_t **p, size_t n",
	"const char *const *p, const size_t *c, size_t n", "char **p, size_t *c, size_t n", "const char **p, size_t *c, int n", "char *const *p, const size_t *c, size_t n", "const char **p, const char **c, int n", "char **p, char **c, size_t n",
	"const char *const p[], const size_t c[], size_t n", "const char *const *p, const int *c, size_t n", "const char *const *p, const uint32_t *c, size_t n",
	"const char *const *p, const char *const *c, const size_t *d, const size_t *e, size_t n", "char **p, char **c, size_t *d, size_t *e, size_t n", "const char **p, const char **c, size_t *n, size_t *d",
}

const everyHeader = `struct rados_unknown;
struct rados_size_t { uint64_t bytes, objects; };
typedef enum { LIBRADOS_GOOD, LIBRADOS_BAD } rados_mood_t;
enum rados_tag { LIBRADOS_TAG };
typedef uint64_t rados_alias_t;
typedef struct { int a, b; } rados_pair_t;
typedef void *rados_thing_t;
typedef rados_thing_t rados_other_t;
typedef void (*rados_shout_t)(void *arg);
typedef struct { size_t word_length; char *word; } rados_words_t;
void rados_words_free(size_t n, rados_words_t *words);
typedef void *rados_job_t;
rados_job_t rados_job_new(void);
void rados_job_free(rados_job_t job);
int rados_job_run(rados_job_t job, rados_ioctx_t io);
typedef void (*rados_ring_t)(void *arg, uint64_t count);
int rados_ring(rados_t cluster, rados_ring_t cb, void *arg);
`

const everySpec = `handles:
  rados_job_t: {go: Job, receiver: job, op_new: rados_job_new, free: rados_job_free, doc: Job is a list.}
events:
  rados_ring_t: {token: arg, numbers: [count]} # the run time has events
skip:
  LIBRADOS_GOOD: it is an example
  LIBRADOS_BAD: it is an example
  LIBRADOS_TAG: it is an example
types:
  Size: {struct: struct rados_size_t, doc: Size is a size., fields: {Bytes: {c: bytes}}}
  Pair: {struct: rados_pair_t, doc: Pair is two numbers., fields: {A: {}, B: {}}}
  Words: {struct: rados_words_t, doc: Words are bytes., fields: {Word: {type: "[]byte", length: word_length}}}
  Timespec: {fields: {Sec: {type: int64}, Nsec: {type: int64}}, doc: Timespec is a time.}
functions:
  rados_job_run: {private: IOContext.runJob, doc: runJob runs.}
  rados_ring: {private: Conn.ring, args: {arg: {as: token}}, doc: ring rings.}
`

// everyUse lists a function for each form of parameter in each role, alone and as a step, for
// each of some return types. Most make no sense.
func everyUse() (names, prototypes, entries []string) {
	add := func(proto, entry string) {
		name := fmt.Sprintf("rados_h%d", len(names))
		names = append(names, name)
		prototypes = append(prototypes, strings.ReplaceAll(proto, "NAME", name))
		entries = append(entries, name+": "+strings.NewReplacer("NAME", strings.TrimPrefix(name, "rados_")).Replace(entry))
	}
	for _, form := range everyForm {
		others := regexp.MustCompile(`\b[cde]\b`).FindAllString(form, -1)
		for _, r := range append(role.Names(), "null") {
			if slices.Contains([]string{"completion", "drain-key", "drain-value", "fixed", "in-object", "out-object", "receiver"}, r) {
				continue // they need more than a parameter
			}
			if prefix, _, _ := strings.Cut(r, "-"); !strings.ContainsAny(form, "*[") && slices.Contains([]string{"inout", "retry", "owned", "borrowed"}, prefix) {
				continue // there is enough to refuse
			}
			keys := []string{"as: " + r}
			if known := role.ByName(r); known != nil {
				for key, text := range map[string]string{
					"length": "length: n", "retry_on": "retry_on: ERANGE", "initial_size": "initial_size: 64", "parallel": "parallel: [" + strings.Join(others, ", ") + "]",
				} {
					wanted := slices.Contains(role.Keys(known), key) && (key != "length" || strings.HasSuffix(form, "n") || strings.Contains(form, "n,")) && (key != "parallel" || others != nil)
					if wanted {
						keys = append(keys, text)
					}
				}
				if r == "out-items" || strings.HasPrefix(r, "out-struct") && strings.Contains(form, "rados_words_t") {
					keys = append(keys, "free: rados_words_free")
				}
			}
			arg := "{" + strings.Join(keys, ", ") + "}"
			if r == "null" {
				arg = r
			}
			rets := []string{"int"}
			switch {
			case strings.HasPrefix(r, "retry"):
				rets = []string{"int", "int, length"}
			case strings.HasPrefix(r, "out-") || strings.HasPrefix(r, "owned"):
				rets = []string{"int", "void"}
			}
			for _, ret := range rets {
				typ, as, _ := strings.Cut(ret, ", ")
				said := ""
				if as != "" {
					said = ", ret: " + as
				}
				add(typ+" NAME(rados_t cluster, "+form+");", "{private: Conn.NAME, args: {p: "+arg+"}"+said+", doc: NAME does.}")
			}
			if inStep(r) {
				add("void NAME(rados_job_t job, "+form+", int *prval);", "{private: Job.NAME, args: {p: "+arg+"}, doc: NAME does.}")
			}
			add("int NAME(rados_ioctx_t io, rados_done_t done, "+form+"); int NAME_twin(rados_ioctx_t io, "+form+");",
				"{private: IOContext.NAME, sync: rados_NAME_twin, args: {p: "+arg+"}, doc: NAME does.}")
		}
	}
	return names, prototypes, entries
}

// inStep reports whether a step can have a role.
func inStep(name string) bool {
	_, ok := role.ByName(name).(role.Stepper)
	return ok || name == "null"
}

// TestEveryRole has what the plan accepts of everyUse compile.
func TestEveryRole(t *testing.T) {
	if testing.Short() {
		t.Skip("builds with cgo")
	}
	names, prototypes, entries := everyUse()
	base := gentest.Load(t, "base")
	refused := make(map[string]bool)
	var p *ir.Plan
	var text string
	for {
		text = base.Header + "#include <sys/time.h>\n" + gentest.CompletionHeader + everyHeader
		said := strings.Replace(everySpec, "functions:\n", gentest.CompletionSpec, 1)
		count := 0
		for i, name := range names {
			if !refused[name] {
				text += prototypes[i] + "\n"
				said += "  " + entries[i] + "\n"
				count++
			}
		}
		said += "  rados_words_free: {private: freeWords, args: {words: null}, doc: freeWords frees.}\n"
		api, err := gentest.Header.ParseSource("librados.h", []byte(text))
		require.NoError(t, err)
		api.Release = "14.2"
		whole := &spec.Spec{File: "spec.yaml"}
		for file, text := range map[string]string{"base.yaml": base.Spec, "s.yaml": said} {
			s, err := spec.Decode(file, []byte(text))
			require.NoError(t, err)
			gentest.Merge(whole, s)
		}
		if p, err = load.Build(whole, release.Merge([]*model.API{api})); err == nil {
			t.Logf("%d of %d uses are accepted", count, len(names))
			break
		}
		lines := strings.Split(said, "\n")
		found := false
		for _, m := range regexp.MustCompile(`(?m)^s\.yaml:(\d+):`).FindAllStringSubmatch(err.Error(), -1) {
			var n int
			fmt.Sscan(m[1], &n)
			if w := regexp.MustCompile(`rados_h\d+`).FindString(lines[n-1]); w != "" && !refused[w] {
				refused[w], found = true, true
			}
		}
		require.True(t, found, "%v", err)
	}
	require.NotNil(t, p)
	dir := t.TempDir()
	compileTree(t, dir, p, text, "")
}

// compileTree builds what p becomes as one package, with the warnings of the C compiler as
// errors.
func compileTree(t *testing.T, dir string, p *ir.Plan, header, more string) {
	t.Helper()
	put := func(path, text string) {
		path = filepath.Join(dir, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
	}
	put("go.mod", "module github.com/go-rados/go-rados\n\ngo 1.24\n")
	for name, text := range gentest.Render(t, p).Files() {
		put("rados/"+name, text)
	}
	put("rados/error.go", errorGo+more)
	put("include/rados/librados.h", header)
	copyRunTime(t, dir)
	gentest.CompileAllC(t, dir, filepath.Join(dir, "include"))
	cmd := exec.Command("go", "build", "-C", dir, "./rados")
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "CGO_ENABLED=1", "CGO_CFLAGS=-I"+filepath.Join(dir, "include"))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
}
