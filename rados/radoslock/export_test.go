package radoslock

import "time"

// Waiting sets how Lock waits.
func Waiting(watch bool, first, most, spread time.Duration) Option {
	return func(o *options) { o.waiting = waiting{watch, first, most, spread} }
}

// DecodeInfo decodes an answer of the method "get_info".
func DecodeInfo(answer []byte) (holders int, shared bool, tag string, err error) {
	i, err := decodeInfo(answer)
	return i.holders, i.lockType == typeShared, i.tag, err
}
