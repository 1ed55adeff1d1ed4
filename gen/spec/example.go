package spec

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// Examples returns, for each key that the spec src uses, its shortest value as YAML in
// one line. Of a mapping with names and of a list it has one entry. Long texts
// and lists are cut.
func Examples(name string, src []byte) (map[*Key]string, error) {
	examples := make(map[*Key]string)
	d := &decoder{file: name, found: func(k *Key, n *yaml.Node) {
		for _, part := range parts(k, n) {
			text, err := inline(part)
			if old, ok := examples[k]; err == nil && (!ok || len(text) < len(old)) {
				examples[k] = text
			}
		}
	}}
	_, err := d.decode(src)
	return examples, err
}

// parts are the values of a key that have a single entry each.
func parts(k *Key, n *yaml.Node) []*yaml.Node {
	size := 1 // nodes for an entry
	switch {
	case k.Kind == Named && n.Kind == yaml.MappingNode:
		size = 2
	case k.Kind != List || n.Kind != yaml.SequenceNode:
		return []*yaml.Node{n}
	}
	var list []*yaml.Node
	for i := 0; i+size <= len(n.Content); i += size {
		part := *n
		part.Content = n.Content[i : i+size]
		list = append(list, &part)
	}
	return list
}

// inline is n in one line.
func inline(n *yaml.Node) (string, error) {
	text, err := yaml.Marshal(flow(n))
	return strings.TrimSpace(string(text)), err
}

// flow is a copy of n in flow style, without comments and with long texts and lists cut.
func flow(n *yaml.Node) *yaml.Node {
	one := &yaml.Node{Kind: n.Kind, Tag: n.Tag, Value: n.Value, Style: n.Style & (yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle)}
	if n.Kind != yaml.ScalarNode {
		one.Style = yaml.FlowStyle
	}
	const most = 48
	if words := strings.Fields(n.Value); len(n.Value) > most && len(words) > 1 {
		one.Value = words[0]
		for _, word := range words[1:] {
			if len(one.Value)+len(word) >= most {
				break
			}
			one.Value += " " + word
		}
		one.Value += " …"
	}
	const items = 6
	for i, c := range n.Content {
		if n.Kind == yaml.SequenceNode && i == items {
			one.Content = append(one.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "…"})
			break
		}
		one.Content = append(one.Content, flow(c))
	}
	return one
}
