package guide

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"github.com/go-rados/go-rados/rados"
)

// openPool opens a pool, and creates it if it does not exist.
func openPool(ctx context.Context, conn *rados.Conn, name, application string) (*rados.IOContext, error) {
	err := conn.MakePoolContext(ctx, name) // replicated, with the defaults of the cluster
	if err != nil && !errors.Is(err, rados.ErrObjectExists) {
		return nil, err
	}
	ioctx, err := conn.OpenIOContextContext(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := ioctx.EnableApplicationContext(ctx, application, false); err != nil {
		ioctx.Destroy()
		return nil, err
	}
	return ioctx, nil
}

// command sends a command to the monitors, and returns its output, in JSON.
func command(ctx context.Context, conn *rados.Conn, prefix string, args map[string]any) ([]byte, error) {
	all := map[string]any{"prefix": prefix, "format": "json"}
	maps.Copy(all, args)
	request, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	output, status, err := conn.MonCommandContext(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("command %q: %s: %w", prefix, status, err) // status has the reason
	}
	return output, nil
}
