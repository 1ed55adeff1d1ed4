/* Records: the members of structs in one buffer, in the form of package record. Each function leaves
 * *ret alone if it is negative: the first error is returned. */
#ifndef GORADOS_RECORD_H
#define GORADOS_RECORD_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "codes.h"

/* Reads a record: numbers, and bytes after their number. */
struct gorados_reader {
	const char *p;
};

static inline uint64_t gorados_read_number(struct gorados_reader *in)
{
	uint64_t v;

	memcpy(&v, in->p, sizeof v);
	in->p += sizeof v;
	return v;
}

static inline const char *gorados_read_bytes(struct gorados_reader *in, size_t *n)
{
	const char *p;

	*n = (size_t)gorados_read_number(in);
	p = in->p;
	in->p += *n;
	return p;
}

/* gorados_read_text reads bytes that end with a NUL. */
static inline const char *gorados_read_text(struct gorados_reader *in)
{
	size_t n;

	return gorados_read_bytes(in, &n);
}

/* gorados_read_name reads a text that must not contain a NUL. */
static inline const char *gorados_read_name(struct gorados_reader *in, int64_t *ret)
{
	size_t n;
	const char *p = gorados_read_bytes(in, &n);

	in->p++; /* the NUL */
	if (*ret >= 0 && strlen(p) != n)
		*ret = GORADOS_NUL;
	return p;
}

/* gorados_read_data reads bytes after which a NUL stands that is not counted. */
static inline const char *gorados_read_data(struct gorados_reader *in, size_t *n)
{
	const char *p = gorados_read_bytes(in, n);

	in->p++;
	return p;
}

/* gorados_read_array reads a text into an array of that size, in which a NUL must follow it. */
static inline void gorados_read_array(struct gorados_reader *in, char *to, size_t size, int64_t *ret)
{
	const char *p = gorados_read_name(in, ret);
	size_t len;

	if (*ret < 0)
		return;
	len = strlen(p);
	if (len >= size)
		*ret = -ENAMETOOLONG;
	else
		memcpy(to, p, len + 1);
}

/* GORADOS_READ_MEMBER reads a number into a member of any type of number, unless that cannot hold it. */
#define GORADOS_READ_MEMBER(member, in, ret)                      \
	do {                                                      \
		uint64_t number_ = gorados_read_number(in);       \
		(member) = number_;                               \
		if (*(ret) >= 0 && (uint64_t)(member) != number_) \
			*(ret) = -EINVAL;                         \
	} while (0)

/* gorados_buf_append_number appends a number. */
static inline void gorados_buf_append_number(struct gorados_buf *buf, uint64_t number, int64_t *ret)
{
	gorados_buf_append(buf, (char *)&number, sizeof number, ret);
}

/* gorados_buf_append_text appends a text, which may be NULL. */
static inline void gorados_buf_append_text(struct gorados_buf *buf, const char *p, int64_t *ret)
{
	gorados_buf_append_item(buf, p, p ? strlen(p) : 0, ret);
}

/* gorados_buf_append_array appends a text in an array of that size, which may lack the NUL. */
static inline void gorados_buf_append_array(struct gorados_buf *buf, const char *p, size_t size, int64_t *ret)
{
	uint64_t n = strnlen(p, size);

	gorados_buf_append(buf, (char *)&n, sizeof n, ret);
	gorados_buf_append(buf, p, n, ret);
}

/* gorados_buf_append_texts appends a list of n texts that stand one after the other, each with its
 * NUL. */
static inline void gorados_buf_append_texts(struct gorados_buf *buf, const char *p, size_t n, int64_t *ret)
{
	n = p ? n : 0;
	gorados_buf_append_number(buf, n, ret);
	for (size_t i = 0; i < n; i++) {
		gorados_buf_append_text(buf, p, ret);
		p += strlen(p) + 1;
	}
}

/* An array of structs that the library fills. */
struct gorados_array {
	void *p;
	size_t size; /* of a struct */
	size_t cap;  /* the number of structs that were allocated */
	size_t n;    /* the number that the library stores, where that is a size_t */
	int count;   /* the same, where it is an int */
};

/* gorados_array_reserve allocates cap structs, all zero, in the place of those that a has, and
 * returns 1, or sets *ret and returns 0. */
static inline int gorados_array_reserve(struct gorados_array *a, size_t cap, int64_t *ret)
{
	void *p = cap > GORADOS_BUF_MAX / a->size ? NULL : calloc(cap ? cap : 1, a->size);

	if (!p) {
		*ret = -ENOMEM;
		return 0;
	}
	free(a->p);
	a->p = p;
	a->cap = cap;
	return 1;
}

/* gorados_array_init initializes a, and allocates the number of structs that is tried first. */
static inline void gorados_array_init(struct gorados_array *a, size_t size, size_t first, int64_t *ret)
{
	a->p = NULL;
	a->size = size;
	a->cap = a->n = 0;
	a->count = 0;
	if (*ret >= 0)
		gorados_array_reserve(a, first, ret);
}

/* gorados_array_n returns a pointer to the capacity, where the library stores how many structs there
 * are. */
static inline size_t *gorados_array_n(struct gorados_array *a)
{
	a->n = a->cap;
	return &a->n;
}

/* gorados_array_count is gorados_array_n for a library that stores an int. */
static inline int *gorados_array_count(struct gorados_array *a)
{
	a->count = (int)a->cap;
	return &a->count;
}

/* gorados_array_resize reports whether the library needs an array of want structs, which is larger than
 * the last one, and this has been allocated. */
static inline int gorados_array_resize(struct gorados_array *a, int64_t want, int64_t *ret)
{
	return *ret == -ERANGE && want > (int64_t)a->cap && gorados_array_reserve(a, (size_t)want, ret);
}

/* gorados_array_filled returns how many structs of a the library has filled, if it says n. */
static inline size_t gorados_array_filled(const struct gorados_array *a, int64_t n)
{
	if (n < 0)
		return 0;
	return (size_t)n < a->cap ? (size_t)n : a->cap;
}

#endif
