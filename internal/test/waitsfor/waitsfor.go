// Package waitsfor lists what the methods of the generated packages wait for, according to the spec. Tests
// read this list, since the generator, which reads the spec, is another module.
package waitsfor

import "slices"

// Method is a method, or a function, for which the spec has a C function.
type Method struct {
	Name    string // "IOContext.Lock"; "IOContext.watchVersion" is private
	C       string // the last C function that it calls
	Target  string // "osd", "mon", "mgr", "ack" or "nothing"; "" if C does not wait in it
	Map     bool   // it may wait for the newest OSD map
	Changes bool   // it may change an object
}

// methods has all methods by the folders of their packages.
var methods = map[string][]Method{}

func add(folder string, list []Method) { methods[folder] = list }

// Methods returns all methods of the package in a folder, sorted by name.
func Methods(folder string) []Method { return slices.Clone(methods[folder]) }

// Blocks reports whether the C function may block the thread.
func (m Method) Blocks() bool { return m.Target != "" && m.Target != "nothing" }
