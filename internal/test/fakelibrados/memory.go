package fakelibrados

/*
#include "lib/fake.h"
*/
import "C"

import (
	"debug/elf"
	"errors"
	"os"
)

// FailAllocation makes the nth allocation fail that the functions of CanFail make from now on, and no
// other; 0 is none.
func FailAllocation(nth int) { C.fake_memory_fail(C.int(nth)) }

// AllocationFailed reports whether the allocation of FailAllocation has failed.
func AllocationFailed() bool { return C.fake_memory_left() == 0 }

// CanFail lets the allocations fail of the C functions of the program whose names are wanted. The program
// must have its symbols, as one of go test -c has, and Memory in its environment.
func CanFail(wanted func(name string) bool) error {
	path, err := os.Executable()
	if err != nil {
		return err
	}
	program, err := elf.Open(path)
	if err != nil {
		return err
	}
	defer program.Close()
	symbols, err := program.Symbols()
	if err != nil {
		return err
	}
	for _, s := range symbols {
		if elf.ST_TYPE(s.Info) != elf.STT_FUNC || s.Size == 0 || !wanted(s.Name) {
			continue
		}
		if C.fake_memory_of(C.uintptr_t(s.Value), C.uintptr_t(s.Value+s.Size)) != 0 {
			return errors.New("fakelibrados: too many functions")
		}
	}
	return nil
}
