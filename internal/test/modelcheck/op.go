// Package modelcheck finds out whether a cluster, seen through package rados, keeps its
// word while its daemons die: many goroutines perform random operations, what each of them
// was told is recorded, and every record must fit a model of objects.
//
// The words, in the order of their files: an Op is one operation on one object, a State what
// the model thinks of an object, a History what happened to one, a Generator makes up
// operations, a Target performs them, a Run has many goroutines do so.
package modelcheck

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Kind says what an operation does.
type Kind string

// The kinds of operations that change an object.
const (
	Create     Kind = "create" // exclusively
	Write      Kind = "write"
	WriteFull  Kind = "write-full"
	WriteSame  Kind = "write-same"
	Append     Kind = "append"
	Truncate   Kind = "truncate"
	Zero       Kind = "zero"
	Remove     Kind = "remove"
	SetXattr   Kind = "set-xattr"
	RmXattr    Kind = "rm-xattr"
	SetOmap    Kind = "set-omap"
	RmOmapKeys Kind = "rm-omap-keys"
	CleanOmap  Kind = "clean-omap"
	Replace    Kind = "replace"  // data, an attribute and an omap entry, as one
	Exchange   Kind = "exchange" // an attribute and the end of the data, if the attribute was Want
	Rollback   Kind = "rollback"
	Lock       Kind = "lock"
	Unlock     Kind = "unlock"
	Snapshot   Kind = "snapshot" // of the whole pool, by name; each object's history has it
)

// The kinds of operations that only look.
const (
	Read     Kind = "read"
	ReadAll  Kind = "read-all" // everything, as one
	Stat     Kind = "stat"
	GetXattr Kind = "get-xattr"
	Xattrs   Kind = "xattrs"
	Omap     Kind = "omap"
	Listed   Kind = "listed" // whether a listing of the pool has the object
	Lockers  Kind = "lockers"
)

var lookKinds = []Kind{Read, ReadAll, Stat, GetXattr, Xattrs, Omap, Listed, Lockers}

// Form says by which of several methods an operation is performed.
type Form string

// The forms that package rados has of most operations.
const (
	Plain     Form = "plain"     // IOContext.Write
	Context   Form = "context"   // IOContext.WriteContext
	Operation Form = "operation" // WriteOp.Operate, or OperateContext if it has a Budget
)

// Op is an operation on one object. Kind says which of the fields count.
type Op struct {
	Kind   Kind
	Form   Form
	Offset int
	Length int
	Key    string
	Value  string // no two operations write the same
	Want   string
	Owner  string // the owner of the lock

	Snap uint64   // what to read, or to roll back to; 0 is the present
	Have []uint64 // the self-managed snapshots that the writer knows of, newest first

	Budget time.Duration // when its context ends; negative: before the start; 0: never
}

// looks says whether the operation leaves the object as it is.
func (op Op) looks() bool {
	for _, kind := range lookKinds {
		if op.Kind == kind {
			return true
		}
	}
	return false
}

// takesContext says whether there is a method of the form that ends with a context.
func (op Op) takesContext() bool {
	switch op.Kind {
	case Rollback, Lock, Unlock, Snapshot, Listed, Lockers, GetXattr, Omap:
		return false
	case Xattrs:
		return op.Form == Context
	}
	return op.Form != Plain
}

// valuePattern matches a Value, and an Owner, wherever it is seen as a whole.
var valuePattern = regexp.MustCompile(`<[0-9.]+>`)

// fill is Length bytes that tell by which operation they were written.
func (op Op) fill() string {
	if op.Length == 0 || op.Value == "" {
		return ""
	}
	return strings.Repeat(op.Value, op.Length/len(op.Value)+1)[:op.Length]
}

func (op Op) String() string {
	var b strings.Builder
	fmt.Fprint(&b, op.Kind)
	switch op.Kind {
	case Write, WriteSame, Zero, Read:
		fmt.Fprintf(&b, " [%d,+%d)", op.Offset, op.Length)
	case WriteFull, Append, Replace, Exchange:
		fmt.Fprintf(&b, " +%d", op.Length)
	case Truncate:
		fmt.Fprintf(&b, " to %d", op.Offset)
	case Rollback:
		fmt.Fprintf(&b, " to")
	case Lock, Unlock:
		fmt.Fprintf(&b, " by %s", op.Owner)
	}
	switch op.Kind {
	case SetXattr, SetOmap, Replace, Exchange:
		fmt.Fprintf(&b, " %s=%s", op.Key, op.Value)
	case Write, WriteFull, WriteSame, Append:
		fmt.Fprintf(&b, " %s", op.Value)
	case GetXattr, RmXattr, RmOmapKeys:
		fmt.Fprintf(&b, " %s", op.Key)
	}
	if op.Kind == Exchange {
		fmt.Fprintf(&b, " if %s=%s", op.Key, op.Want)
	}
	if op.Snap != 0 {
		fmt.Fprintf(&b, " at snapshot %d", op.Snap)
	}
	if len(op.Have) > 0 {
		fmt.Fprintf(&b, " knowing snapshots %v", op.Have)
	}
	if op.Form != "" {
		fmt.Fprintf(&b, " (%s", op.Form)
		if op.Budget != 0 {
			fmt.Fprintf(&b, ", %v", op.Budget)
		}
		b.WriteString(")")
	}
	return b.String()
}

// Results of operations that are no errno and no content.
const (
	Done    = "ok"
	Unknown = "unknown"  // it may have been performed, or may be yet
	NotDone = "not done" // nothing was sent, or it only looked and saw nothing
)

// Record is an operation and its result.
type Record struct {
	Worker       int
	Op           Op
	Call, Return time.Duration // since the run began
	Result       string
}

func (r Record) String() string {
	return fmt.Sprintf("%12.6f – %-12s worker %-3d %s → %s",
		r.Call.Seconds(), r.end(), r.Worker, r.Op, brief(strings.ReplaceAll(r.Result, "\x00", "·")))
}

func (r Record) end() string {
	if r.Result == Unknown {
		return "?"
	}
	return fmt.Sprintf("%.6f", r.Return.Seconds())
}

// brief leaves out the middle of a text that is long.
func brief(text string) string {
	const ends = 100
	if len(text) <= 3*ends {
		return text
	}
	return fmt.Sprintf("%s…(%d bytes)…%s", text[:2*ends], len(text), text[len(text)-ends:])
}
