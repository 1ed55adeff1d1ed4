package role

import "fmt"

// grow is what the grow- roles share: C is called with a larger buffer until
// what it has to say fits. The buffer is the shim's, so that one crossing does.
func grow(a *Arg, result Result) Fragment {
	buf := a.Param.Name
	again := fmt.Sprintf("ret == -%s && gorados_buf_grow(%s, 0, &ret)", a.On, buf)
	done := fmt.Sprintf("gorados_buf_set_len(%s, ret < 0 ? ret : gorados_buf_strlen(%s))", buf, buf)
	switch a.Ret {
	case "needed":
		again = fmt.Sprintf("ret > (int64_t)%s->cap && gorados_buf_grow(%s, ret, &ret)", buf, buf)
		done = fmt.Sprintf("gorados_buf_set_len(%s, ret)", buf)
	case "length":
		done = fmt.Sprintf("gorados_buf_set_len(%s, ret)", buf)
	}
	f := buffer(a.GoName, buf, result)
	f.Prepare = []string{fmt.Sprintf("gorados_buf_alloc(%s, %d, &ret)", buf, a.First)}
	f.Give = map[string]string{
		a.Param.Name: buf + "->p",
		a.With.Name:  cast(a.With, buf+"->cap"),
	}
	f.Again = again
	f.Done = []string{done}
	return f
}

func growFits(a *Arg) error {
	switch {
	case !a.Param.Type.Is("char", 1) || a.Param.Type.Const || !isLength(a.With):
		return wants(a, "char * with a length")
	case a.Ret != "errno" && a.Ret != "length" && a.Ret != "needed":
		return fmt.Errorf("wants ret: errno, length or needed, not %s", a.Ret)
	case a.First <= 0:
		return fmt.Errorf("wants first: the size in bytes to try first")
	case a.On == "" && a.Ret != "needed":
		return fmt.Errorf("wants on: the errno that says the buffer is too small (or ret: needed)")
	}
	return nil
}
