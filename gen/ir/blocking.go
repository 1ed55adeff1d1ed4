package ir

import (
	"slices"
	"strings"
)

// ContextName is the name of the context in the arguments of a Precheck that may wait.
const ContextName = "ctx"

// Waits reports whether the method may wait until its context is done.
func (p *Precheck) Waits() bool { return p != nil && slices.Contains(p.Args, ContextName) }

// WaitsForMap reports whether m may wait for the newest OSD map, in addition to what its C function
// waits for.
func (m *Method) WaitsForMap() bool { return m.FreshMap != nil || m.Before.Waits() }

// Blocking reports whether m may wait while no completion stands for its call: the library does not
// cancel it, so that its form with a context returns before its C function does.
func (m *Method) Blocking() bool { return !m.Async && (m.Acquires() || m.WaitsForMap()) }

// HasContextForm reports whether m has a public form with a context.
func (m *Method) HasContextForm() bool {
	return (m.Async && m.GuardedInC && !(m.Changes && m.CompletesOnCallback) || m.Blocking()) && !m.Private()
}

// OnlyDetached reports whether m, which is private, has no form without a context.
func (m *Method) OnlyDetached() bool { return m.Blocking() && m.Private() && m.Detached }

// AttemptTakesContext reports whether m makes the object of its handle ready, and the form that calls
// C takes a context: other attempts wait for one whose context is done.
func (m *Method) AttemptTakesContext() bool {
	return m.Replaces() != nil && (m.Acquires() || m.Private())
}

// HasDetachedForm reports whether m has a private form with a context, which returns when the
// context is done.
func (m *Method) HasDetachedForm() bool {
	return m.Blocking() && !m.OnlyDetached() && (m.WaitsForMap() || !m.Private())
}

// DetachedForm returns the name of the private form of m that takes a context, or "".
func (m *Method) DetachedForm() string {
	lower := strings.ToLower(m.Name[:1]) + m.Name[1:]
	switch {
	case m.HasDetachedForm():
		return lower + "Detached"
	case m.HasAsyncForm():
		return lower + "Async"
	}
	return ""
}

// blockingForms returns the names of the private methods that m, whose name begins with lower, has
// for parts of its job if it is Blocking.
func (m *Method) blockingForms(lower string) []string {
	var forms []string
	if m.HasDetachedForm() {
		forms = append(forms, lower+"Detached")
	}
	switch {
	case m.Acquires() && !m.Async:
		forms = append(forms, lower+"Admitted")
	case m.FreshMap != nil:
		forms = append(forms, lower+"Once")
	}
	return forms
}
