package main

import (
	"fmt"
	"os"

	"github.com/go-rados/go-rados/rados"
)

// pool is the pool that holds the objects of all cases.
type pool struct {
	conn       *rados.Conn
	conf, name string
}

// prepare creates a pool with the objects of the cases.
func prepare(conf string, list []Case) (*pool, error) {
	conn, err := connect(conf)
	if err != nil {
		return nil, err
	}
	p := &pool{conn, conf, fmt.Sprint("bench-", os.Getpid())}
	if err := conn.MakePool(p.name); err != nil {
		conn.Shutdown()
		return nil, err
	}
	if err := p.fill(list); err != nil {
		p.remove()
		return nil, err
	}
	return p, nil
}

func (p *pool) fill(list []Case) error {
	ioctx, err := p.conn.OpenIOContext(p.name)
	if err != nil {
		return err
	}
	defer ioctx.Destroy()
	created := map[string]bool{}
	for _, c := range list {
		for i := range c.Objects {
			oid := c.object(i)
			if created[oid] {
				continue
			}
			created[oid] = true
			if err := fill(ioctx, c, oid); err != nil {
				return fmt.Errorf("%s: %w", oid, err)
			}
		}
	}
	return nil
}

func fill(ioctx *rados.IOContext, c Case, oid string) error {
	keys := map[string]int{listOmap: omapEntries, scanOmap: scanned}[c.Kind]
	if keys == 0 {
		return ioctx.WriteFull(oid, make([]byte, c.Size))
	}
	for done := 0; done < keys; {
		entries := map[string][]byte{} // few enough for a message
		for ; done < keys && len(entries) < 10_000; done++ {
			entries[fmt.Sprintf("key%08d", done)] = []byte("sixteen bytes...")
		}
		if err := ioctx.SetOmap(oid, entries); err != nil {
			return err
		}
	}
	return nil
}

func (p *pool) remove() {
	_ = p.conn.DeletePool(p.name) // an error is harmless: the cluster is usually temporary
	p.conn.Shutdown()
}
