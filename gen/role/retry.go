package role

import (
	"fmt"

	"github.com/go-rados/go-rados/gen/ir"
)

// retryPart is the part of the retry- roles.
func retryPart(a *ir.Arg, goType string, layout ir.Layout) ir.Part {
	p := bufferPart(a.Param.Name, ir.Result{Name: a.GoName, Type: goType})
	p.Checked, p.Retried, p.Layout = true, true, layout
	return p
}

// retry is what the retry- roles share: C is called with a larger buffer until
// what it has to say fits. The buffer is the shim's, so that one crossing does.
func retry(a *ir.Arg, result Value) Code {
	buf := a.Param.Name
	again := fmt.Sprintf("ret == -%s && gorados_buf_grow(%s, 0, &ret)", a.Keys.RetryOn, buf)
	done := fmt.Sprintf("gorados_buf_set_len(%s, ret < 0 ? ret : gorados_buf_strlen(%s))", buf, buf)
	switch {
	case a.Ret.Needed:
		again = fmt.Sprintf("ret > (int64_t)%s->cap && gorados_buf_grow(%s, ret, &ret)", buf, buf)
		done = fmt.Sprintf("gorados_buf_set_len(%s, ret)", buf)
	case a.Ret.Sizes:
		done = fmt.Sprintf("gorados_buf_set_len(%s, ret)", buf)
	}
	f := buffer(a.GoName, buf, result)
	f.Prepare = []string{fmt.Sprintf("gorados_buf_alloc(%s, %d, &ret)", buf, a.Keys.InitialSize)}
	f.CallArgs = map[string]string{
		a.Param.Name: buf + "->p",
		a.With.Name:  cast(a.With, buf+"->cap"),
	}
	f.RetryIf = again
	f.Cleanup = []string{done}
	return f
}

func retryFits(a *ir.Arg) error {
	switch {
	case !a.Param.Type.Is("char", 1) || a.Param.Type.Const || !isLength(a.With):
		return wants(a, "char * with a length")
	case !a.Ret.Grows:
		return fmt.Errorf("wants ret: errno, length or needed, not %s", a.Ret.Name)
	case a.Keys.InitialSize <= 0:
		return fmt.Errorf("wants initial_size: the size in bytes to try first")
	case a.Keys.RetryOn == "" && !a.Ret.Needed:
		return fmt.Errorf("wants retry_on: the errno that says the buffer is too small (or ret: needed)")
	}
	return nil
}
