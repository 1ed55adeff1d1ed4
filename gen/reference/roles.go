package reference

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// roleExamples returns, for each role that a golden names, the shortest argument with it: the prototype and
// what the spec says.
func roleExamples(goldens fs.FS) (map[string]string, error) {
	examples := make(map[string]string)
	paths, err := fs.Glob(goldens, "testdata/*/spec.yaml")
	if err != nil {
		return nil, err
	}
	for _, file := range paths {
		text, err := fs.ReadFile(goldens, file)
		if err != nil {
			return nil, err
		}
		header, err := fs.ReadFile(goldens, path.Join(path.Dir(file), "input.h"))
		if err != nil {
			return nil, err
		}
		var golden struct {
			Functions map[string]yaml.Node
		}
		if err := yaml.Unmarshal(text, &golden); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for name, node := range golden.Functions {
			var entry struct {
				Args map[string]yaml.Node
			}
			if node.Decode(&entry) != nil {
				continue
			}
			prototype := regexp.MustCompile(`(?m)^.*\b` + name + `\(.*\);`).FindString(string(header))
			for param, arg := range entry.Args {
				var of struct{ As string }
				if arg.Decode(&of) != nil || of.As == "" || prototype == "" {
					continue
				}
				said, err := inline(&arg)
				if err != nil {
					return nil, err
				}
				example := code(strings.TrimSuffix(prototype, ";")) + " with " + code(param+": "+said)
				if old := examples[of.As]; old == "" || len(example) < len(old) || len(example) == len(old) && example < old {
					examples[of.As] = example
				}
			}
		}
	}
	return examples, nil
}

// inline returns n in one line.
func inline(n *yaml.Node) (string, error) {
	n.Style = yaml.FlowStyle
	text, err := yaml.Marshal(n)
	return strings.TrimSpace(string(text)), err
}
