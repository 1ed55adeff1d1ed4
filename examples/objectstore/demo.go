package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
)

// demo does what a user may do, one after the other.
func (a *app) demo(ctx context.Context, _ []string) error {
	content := make([]byte, 80<<20)
	rand.Read(content)
	var copied bytes.Buffer
	for _, step := range []struct {
		args []string
		in   io.Reader
		out  io.Writer
	}{
		{[]string{"put", "-type", "text/plain", "-meta", "author=Gertrude Stein", "rose"}, bytes.NewBufferString("A rose is a rose."), a.out},
		{[]string{"put", "-meta", "what=noise", "large"}, bytes.NewReader(content), a.out},
		{[]string{"list"}, nil, a.out},
		{[]string{"get", "large"}, nil, &copied},
		{[]string{"remove", "rose"}, nil, a.out},
		{[]string{"list"}, nil, a.out},
		{[]string{"repair"}, nil, a.out},
	} {
		fmt.Fprintln(a.out, "$ objectstore", strings.Join(step.args, " "))
		own := &app{store: a.store, in: step.in, out: step.out, status: a.status}
		if err := own.do(ctx, step.args[0], step.args[1:]); err != nil {
			return err
		}
	}
	if !bytes.Equal(content, copied.Bytes()) {
		return errors.New("what came back is not what was stored")
	}
	fmt.Fprintln(a.out, "what came back is what was stored")
	return nil
}
