package rados

import "strings"

// ListApplicationMetadata returns all that an application has noted about the pool. It
// returns ErrNotFound if the application is not enabled. It first waits for the newest OSD
// map; see Conn.WaitForLatestOSDMap.
//
// Implements:
//
//	int rados_application_metadata_list(rados_ioctx_t io, const char *app_name, char *keys, size_t *key_len, char *values, size_t *vals_len)
func (ioctx *IOContext) ListApplicationMetadata(app string) (map[string]string, error) {
	if !strings.Contains(app, "\x00") { // which is refused before anything is sent
		if err := ioctx.latestMap(); err != nil {
			return nil, err
		}
	}
	keys, values, err := ioctx.listApplicationMetadata(app)
	if err != nil {
		return nil, err
	}
	metadata := make(map[string]string, len(keys))
	for i, key := range keys[:min(len(keys), len(values))] {
		metadata[key] = values[i]
	}
	return metadata, nil
}
