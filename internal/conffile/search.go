package conffile

import (
	"encoding/binary"
	"iter"
	"os"
	"strings"
)

// Check returns the path of the first file over which librados aborts the process, and
// the line there. It returns "" if there is no such file. librados reads the first of the
// files that exists.
func Check(paths []string) (path string, line int) {
	path, text := first(paths)
	if line := Unsafe(text); line > 0 {
		return path, line
	}
	return "", 0
}

// CheckKeyring is Check for keyrings, which may be binary.
func CheckKeyring(paths []string) (path string, line int) {
	path, text := first(paths)
	if line := Unsafe(text); line > 0 && !isBinary(text) {
		return path, line
	}
	return "", 0
}

// Keyring returns the value of keyring in the first of the files that exists, for a user that
// reads these sections, the most specific first. It returns "" if no section has one.
func Keyring(paths, sections []string) string {
	values := make(map[string]string)
	for section, option := range options(paths) {
		if option.name == "keyring" {
			values[section] = option.value
		}
	}
	for _, section := range sections {
		if value := values[section]; value != "" {
			return value
		}
	}
	return ""
}

// Key returns the key of a user, such as "client.admin", in a keyring. It returns "" if there is
// none, and false if only librados can read the file: it is binary or not a regular file.
func Key(path, user string) (key string, known bool) {
	text, ok := Read(path)
	if !ok || isBinary(text) {
		return "", false
	}
	for section, option := range options([]string{path}) {
		if section == user && option.name == "key" {
			key = option.value
		}
	}
	return key, true
}

// SetsAuth reports whether the first of the files that there is sets an option, in any section,
// at which librados reads the keyring again; see IsAuth.
func SetsAuth(paths []string) bool {
	for _, option := range options(paths) {
		if IsAuth(option.name) {
			return true
		}
	}
	return false
}

// IsAuth reports whether librados reads the keyring again when the option of that name, written
// with underscores, gets another value.
func IsAuth(name string) bool {
	return strings.HasPrefix(name, "auth_") || strings.HasPrefix(name, "ms_") && strings.HasSuffix(name, "_mode")
}

type option struct{ name, value string }

// options yields the options in the first of the files that there is, with their sections.
func options(paths []string) iter.Seq2[string, option] {
	return func(yield func(string, option) bool) {
		_, text := first(paths)
		section := ""
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if heading, ok := strings.CutPrefix(line, "["); ok {
				section, _, _ = strings.Cut(heading, "]")
				section = strings.TrimSpace(section)
				continue
			}
			key, value, ok := strings.Cut(line, "=")
			if !ok {
				continue
			}
			value = strings.TrimSpace(value)
			if quote := value; quote != "" && (quote[0] == '"' || quote[0] == '\'') {
				value, _, _ = strings.Cut(value[1:], value[:1])
			} else if end := strings.IndexAny(value, "#;"); end >= 0 {
				value = strings.TrimSpace(value[:end])
			}
			name := strings.Join(strings.FieldsFunc(key, func(r rune) bool { return strings.ContainsRune(" \t_-", r) }), "_")
			if !yield(section, option{name, value}) {
				return
			}
		}
	}
}

// first returns the first of the files that can be read, with its path.
func first(paths []string) (string, []byte) {
	for _, path := range paths {
		if text, ok := Read(path); ok {
			return path, text
		}
	}
	return "", nil
}

// maxSize is more than any configuration has. A larger file is not looked at.
const maxSize = 64 << 20

// Read returns the content of a regular file. Another one, such as a pipe, can be
// read only once, which is left to librados.
func Read(path string) ([]byte, bool) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxSize {
		return nil, false
	}
	text, err := os.ReadFile(path)
	return text, err == nil
}

// isBinary reports whether librados decodes a keyring as binary: a version, and a
// number of entries that there is room for.
func isBinary(keyring []byte) bool {
	const header, minEntry = 5, 33
	if len(keyring) < header {
		return false
	}
	count := uint64(binary.LittleEndian.Uint32(keyring[1:]))
	return count*minEntry <= uint64(len(keyring)-header)
}

// Split returns the paths in a list of them. librados separates them at commas and
// semicolons.
func Split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ';' })
}

// DefaultPaths is the list of paths that librados reads if none is given.
func DefaultPaths() string {
	if list, ok := os.LookupEnv("CEPH_CONF"); ok {
		return list
	}
	return "/etc/ceph/$cluster.conf,$home/.ceph/$cluster.conf,$cluster.conf"
}

// Expand replaces the metavariables of a path, $name and ${name}. value returns the
// value of one, or false if it stays as it is. What precedes $home is dropped, as
// librados does.
func Expand(path string, value func(name string) (string, bool)) string {
	out := ""
	for {
		before, after, found := strings.Cut(path, "$")
		out += before
		if !found {
			return out
		}
		name, rest := variable(after)
		text, ok := value(name)
		switch {
		case name == "" || !ok:
			out += "$"
			path = after
			continue
		case name == "home":
			out = text
		default:
			out += text
		}
		path = rest
	}
}

// variable returns the name of the metavariable at the start of text, "" if there is
// none, and what follows it.
func variable(text string) (name, rest string) {
	if inner, ok := strings.CutPrefix(text, "{"); ok {
		name, rest, _ := strings.Cut(inner, "}")
		return name, rest
	}
	length := len(text) - len(strings.TrimLeft(text, "abcdefghijklmnopqrstuvwxyz_"))
	return text[:length], text[length:]
}

// Identity returns the name of the cluster and the name of the user, such as
// "client.admin", in two options: one whose default value is a folder with
// "$cluster-$name", without suffix, and one with "$cluster-$id".
func Identity(withName, withID string) (cluster, name string, ok bool) {
	base := func(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
	withName, withID = base(withName), base(withID)
	for i := range len(withName) {
		if withName[i] != '-' {
			continue
		}
		cluster, name = withName[:i], withName[i+1:]
		if _, id, ok := strings.Cut(name, "."); ok && cluster+"-"+id == withID {
			return cluster, name, true
		}
	}
	return "", "", false
}
