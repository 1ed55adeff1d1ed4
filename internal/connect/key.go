package connect

import (
	"encoding/base64"
	"encoding/binary"
	"regexp"
	"strings"
)

// Secret stands for a key or password in a text.
const Secret = "<secret>"

// validKey reports whether librados can decode a key: a type, the time of its creation, and the
// length of the secret that follows.
func validKey(text string) bool {
	const header, minSecret = 12, 16
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) < header {
		return false
	}
	secret := int(binary.LittleEndian.Uint16(raw[header-2:]))
	return secret >= minSecret && header+secret <= len(raw)
}

// base64s finds texts that are long enough for a key.
var base64s = regexp.MustCompile(`[A-Za-z0-9+/]{38,}={0,2}`)

// Redact returns text with Secret in place of each key, which may be where a path was expected.
func Redact(text string) string {
	return base64s.ReplaceAllStringFunc(text, func(word string) string {
		if validKey(word) {
			return Secret
		}
		return word
	})
}

// secretNames finds the options whose value is a secret.
var secretNames = regexp.MustCompile(`(?i)^key$|[_ -]key$|secret|passw|token`)

// RedactOption returns the value of an option, or Secret if it must not be shown.
func RedactOption(name, value string) string {
	if value != "" && secretNames.MatchString(strings.TrimSpace(name)) {
		return Secret
	}
	return Redact(value)
}
