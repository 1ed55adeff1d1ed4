//go:build asan

package fakelibrados

/*
#include "lib/fake.h"
*/
import "C"

// sanitize is how the fake is compiled for a program that is built with -asan.
var sanitize = []string{"-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-g"}

// Faults are functions of the fake that make a mistake, by the report of the sanitizer that finds it.
var Faults = map[string]func(){
	"heap-use-after-free":              func() { C.fake_fault(C.FAKE_USE_AFTER_FREE) },
	"detected memory leaks":            func() { C.fake_fault(C.FAKE_LEAK) },
	"shift exponent 1000 is too large": func() { C.fake_fault(C.FAKE_UNDEFINED_SHIFT) },
}
