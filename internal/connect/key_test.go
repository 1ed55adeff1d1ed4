package connect

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestValidKey(t *testing.T) {
	longer := append([]byte{2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0}, make([]byte, 32)...)
	for key, want := range map[string]bool{
		aKey: true,
		base64.StdEncoding.EncodeToString(longer):                    true, // that of Ceph 20
		aKey[:20] + "\n" + aKey[20:] + "\n":                          true,
		base64.StdEncoding.EncodeToString(longer[:43]):               false,
		base64.StdEncoding.EncodeToString(longer[:12]):               false,
		base64.StdEncoding.EncodeToString(longer[:11]):               false,
		base64.StdEncoding.EncodeToString(make([]byte, len(longer))): false, // without a secret
		cutKey:                       false,
		" " + aKey:                   false,
		aKey + "\x00":                false,
		strings.TrimRight(aKey, "="): false,
		"":                           false,
		"rubbish!":                   false,
	} {
		assert.Equal(t, want, validKey(key), "%q", key)
	}
}

func TestRedact(t *testing.T) {
	path := "/" + strings.Repeat("long", 20)
	for text, want := range map[string]string{
		"":                            "",
		path:                          path,
		aKey:                          Secret,
		"key = " + aKey + "\n":        "key = " + Secret + "\n",
		`"` + aKey + `,` + aKey + `"`: `"` + Secret + `,` + Secret + `"`,
	} {
		assert.Equal(t, want, Redact(text))
	}
	for option, secret := range map[string]bool{
		"key": true, "KEY ": true, "rgw_crypt_default_encryption_key": true, "rgw_keystone_admin_password": true,
		"rgw_keystone_admin_token": true, "rgw_ldap_secret": true, "mgr_client_passwd": true,
		"keyring": false, "keyfile": false, "mon_host": false, "osd_max_omap_keys": false,
	} {
		want := "value"
		if secret {
			want = Secret
		}
		assert.Equal(t, want, RedactOption(option, "value"), option)
		assert.Empty(t, RedactOption(option, ""), option)
	}
}
