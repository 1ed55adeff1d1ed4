//go:build !asan

package fakelibrados

// sanitize is how the fake is compiled for a program that is built without -asan.
var sanitize []string
