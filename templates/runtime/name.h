/* Names. The library wants them to end with a NUL, which a Go string does not, so each shim copies
 * them. */
#ifndef GORADOS_NAME_H
#define GORADOS_NAME_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codes.h"

/* The size of the array on the stack of a shim in which a name is copied. Nearly all names fit, so
 * that a copy seldom takes a malloc. */
enum { GORADOS_NAME_SIZE = 256 };

/* Names are short. Copying them in a few words, the last of which overlaps the one before, costs
 * less than calls of memchr and memcpy. */

/* gorados_copy_8 copies eight bytes. Its result is not 0 if one of them is 0. */
static inline uint64_t gorados_copy_8(char *to, const char *from)
{
	uint64_t word;

	memcpy(&word, from, sizeof word);
	memcpy(to, &word, sizeof word);
	return (word - 0x0101010101010101) & ~word & 0x8080808080808080;
}

typedef signed char gorados_bytes_16 __attribute__((vector_size(16)));

/* gorados_copy_16 copies sixteen bytes. A byte of its result is not 0 if that byte is 0. */
static inline gorados_bytes_16 gorados_copy_16(char *to, const char *from)
{
	gorados_bytes_16 bytes;

	memcpy(&bytes, from, sizeof bytes);
	memcpy(to, &bytes, sizeof bytes);
	return bytes == 0;
}

/* gorados_copy_text copies n bytes and reports whether one of them is 0. */
static inline int gorados_copy_text(char *to, const char *from, size_t n)
{
	int nul = 0;

	if (n >= 16) {
		gorados_bytes_16 found = {0};
		uint64_t half[2];
		for (size_t i = 0; i < n - 16; i += 16)
			found |= gorados_copy_16(to + i, from + i);
		found |= gorados_copy_16(to + n - 16, from + n - 16);
		memcpy(half, &found, sizeof half);
		return (half[0] | half[1]) != 0;
	}
	if (n >= 8)
		return (gorados_copy_8(to, from) | gorados_copy_8(to + n - 8, from + n - 8)) != 0;
	for (size_t i = 0; i < n; i++) {
		nul |= !from[i];
		to[i] = from[i];
	}
	return nul;
}

/* gorados_name_copy returns a copy of a name of n bytes, in own if it fits, or sets *ret. The caller
 * must call gorados_name_free, also after an error. */
static inline char *gorados_name_copy(char own[GORADOS_NAME_SIZE], const char *p, size_t n, int64_t *ret)
{
	char *name = own;

	if (*ret < 0)
		return own;
	if (n >= GORADOS_NAME_SIZE && !(name = malloc(n + 1))) {
		*ret = -ENOMEM;
		return NULL;
	}
	if (gorados_copy_text(name, p, n))
		*ret = GORADOS_NUL;
	name[n] = 0;
	return name;
}

static inline void gorados_name_free(char own[GORADOS_NAME_SIZE], char *name)
{
	if (name != own)
		free(name);
}

#endif
