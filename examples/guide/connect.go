// Package guide has the code of docs/GUIDE.md.
package guide

import (
	"context"
	"fmt"
	"time"

	"github.com/go-rados/go-rados/rados"
)

func connect(ctx context.Context, pool string) (*rados.Conn, *rados.IOContext, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second) // for the monitors to answer
	defer cancel()
	conn, err := rados.Open(ctx, rados.Config{})
	if err != nil {
		return nil, nil, err
	}
	ioctx, err := conn.OpenIOContextContext(ctx, pool)
	if err != nil {
		conn.Shutdown()
		return nil, nil, err
	}
	return conn, ioctx, nil // the caller calls ioctx.Destroy and conn.Shutdown
}

func connectAs(ctx context.Context, user, key, monitors string) (*rados.Conn, error) {
	return rados.Open(ctx, rados.Config{
		User:         user, // "app" or "client.app"
		Key:          key,  // as `ceph auth get-key client.app` prints it
		MonHost:      monitors,
		NoConfigFile: true,
		Options:      map[string]string{"rados_osd_op_timeout": "30"},
	})
}

func connectFrom(ctx context.Context, file, user string) (*rados.Conn, error) {
	conn, err := rados.NewConnWithUser(user) // "app", without "client."
	if err != nil {
		return nil, fmt.Errorf("user %q: %w", user, err)
	}
	if err := conn.ReadConfigFile(file); err != nil {
		conn.Shutdown()
		return nil, fmt.Errorf("configuration file %q: %w", file, err)
	}
	if err := conn.ConnectContext(ctx); err != nil {
		conn.Shutdown()
		return nil, err
	}
	return conn, nil
}
