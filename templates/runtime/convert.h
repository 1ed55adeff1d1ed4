/* Conversions of arguments, and checks of what the library does not check. Each leaves *ret alone if it
 * is negative: the first error is returned. */
#ifndef GORADOS_CONVERT_H
#define GORADOS_CONVERT_H

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "codes.h"

/* gorados_list_new returns pointers to the n texts in p, each of which ends with a NUL. A text that
 * contains another makes more than n of them, which is an error. */
static inline const char **gorados_list_new(const char *p, size_t len, size_t n, int64_t *ret)
{
	const char **list = *ret < 0 ? NULL : calloc(n + 1, sizeof *list);
	if (!list) {
		*ret = *ret < 0 ? *ret : -ENOMEM;
		return NULL;
	}
	size_t found = 0;
	for (const char *end = p + len; p < end; p += strlen(p) + 1) {
		if (found < n)
			list[found] = p;
		found++;
	}
	if (found != n)
		*ret = GORADOS_NUL;
	return list;
}

/* Items in the form that the library wants: an array of pointers and one of lengths. */
struct gorados_items {
	const char **p;
	size_t *n;
	const char *own_p[16]; /* enough for most calls */
	size_t own_n[16];
};

/* gorados_items_init sets items to point into data, in which count groups of items follow each other:
 * the lengths of one item of each kind, then their bytes. The caller must call gorados_items_free,
 * also after an error. */
static inline void gorados_items_init(struct gorados_items *items, size_t kinds, const char *data, size_t bytes, size_t count, int64_t *ret)
{
	const char *end = data + bytes;

	for (size_t k = 0; k < kinds; k++) {
		items[k].p = items[k].own_p;
		items[k].n = items[k].own_n;
		if (*ret >= 0 && count > sizeof items->own_n / sizeof *items->own_n) {
			items[k].p = malloc(count * sizeof *items->p);
			items[k].n = malloc(count * sizeof *items->n);
			if (!items[k].p || !items[k].n)
				*ret = -ENOMEM;
		}
	}
	for (size_t i = 0; *ret >= 0 && i < count; i++) {
		const char *sizes = data;
		size_t head = kinds * sizeof(uint64_t);
		if (head > (size_t)(end - data)) /* fewer than count: another goroutine has changed them */
			*ret = -EINVAL;
		else
			data += head;
		for (size_t k = 0; *ret >= 0 && k < kinds; k++) {
			uint64_t n;
			memcpy(&n, sizes + k * sizeof n, sizeof n);
			if (n > (size_t)(end - data)) {
				*ret = -EINVAL;
				break;
			}
			items[k].p[i] = data;
			items[k].n[i] = (size_t)n;
			data += n;
		}
	}
}

static inline void gorados_items_free(struct gorados_items *items, size_t kinds)
{
	for (size_t k = 0; k < kinds; k++) {
		if (items[k].p != items[k].own_p)
			free(items[k].p);
		if (items[k].n != items[k].own_n)
			free(items[k].n);
	}
}

/* gorados_length_check rejects a length that an int cannot return. */
static inline void gorados_length_check(size_t len, int64_t *ret)
{
	if (*ret >= 0 && len > INT_MAX)
		*ret = -E2BIG;
}

/* gorados_empty_check rejects an empty name where the library would use another name instead. */
static inline void gorados_empty_check(size_t len, int64_t *ret)
{
	if (*ret >= 0 && len == 0)
		*ret = -EINVAL;
}

/* gorados_zero_check rejects 0 with an errno, where it stands for nothing. */
static inline void gorados_zero_check(uint64_t v, int64_t error, int64_t *ret)
{
	if (*ret >= 0 && v == 0)
		*ret = error;
}

/* gorados_dict_check rejects pairs of which one contains a NUL or has an empty key. */
static inline void gorados_dict_check(const char *dict, size_t bytes, size_t count, int64_t *ret)
{
	const char *p = dict, *end = dict + bytes - 1;
	size_t found = 0;
	int empty = 0;

	for (; p < end; found++) {
		empty |= found % 2 == 0 && !*p;
		p += strlen(p) + 1;
	}
	if (*ret >= 0 && found != 2 * count) /* then a text at an even index need not be a key */
		*ret = GORADOS_NUL;
	if (*ret >= 0 && empty)
		*ret = -EINVAL;
}

/* gorados_packed_check rejects texts of which one contains a NUL, or is empty where that would be the
 * end. */
static inline void gorados_packed_check(const char *p, size_t bytes, size_t count, int ends, int64_t *ret)
{
	const char *end = p + bytes - 1;
	size_t found = 0;
	int empty = 0;

	for (; p < end; found++) {
		empty |= !*p;
		p += strlen(p) + 1;
	}
	if (*ret >= 0 && found != count)
		*ret = GORADOS_NUL;
	if (*ret >= 0 && empty && ends)
		*ret = -EINVAL;
}

/* gorados_either_sign returns the negative errno of a function that returns an errno of either sign. */
static inline int gorados_either_sign(int code)
{
	return code > 0 ? -code : code;
}

/* gorados_range_check rejects a number that the C type cannot hold. */
static inline void gorados_range_check(int64_t v, int64_t min, int64_t max, int64_t *ret)
{
	if (*ret >= 0 && (v < min || v > max))
		*ret = -EINVAL;
}

/* gorados_timeval_init converts nanoseconds. It rounds up to microseconds, since 0 means that there
 * is no timeout. */
static inline void gorados_timeval_init(struct timeval *tv, int64_t ns, int64_t *ret)
{
	int64_t us = ns / 1000 + (ns % 1000 > 0);
	if (*ret >= 0 && ns < 0)
		*ret = -EINVAL;
	tv->tv_sec = us / 1000000;
	tv->tv_usec = us % 1000000;
}

#endif
