package output

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Write brings the files below root up to date and returns the paths of those
// that changed. A file that is as it should be is not touched, so that its time
// stamp does not trigger a build.
func Write(root string, files []File) (changed []string, err error) {
	for _, f := range stale(root, files) {
		path := filepath.Join(root, f.Path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return changed, err
		}
		if err := replace(path, f.Data); err != nil {
			return changed, err
		}
		changed = append(changed, f.Path)
	}
	return changed, nil
}

// replace writes data to path in one step: a concurrent reader of path sees
// the old file or the new one.
func replace(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".gen-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		if rm := os.Remove(tmp.Name()); !errors.Is(rm, fs.ErrNotExist) {
			err = errors.Join(err, rm)
		}
	}
	return err
}
