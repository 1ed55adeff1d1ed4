/* Buffers that C allocates and fills, and Go copies and frees. */
#ifndef GORADOS_BUFFER_H
#define GORADOS_BUFFER_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct gorados_buf {
	char *p;    /* NULL if the bytes are in small, as in most reports and names */
	size_t len; /* bytes in use */
	size_t cap; /* bytes allocated */
	char small[104];
};

/* No answer of the library is larger. A size beyond that is the result of another fault. */
#define GORADOS_BUF_MAX ((size_t)1 << 30)

static inline void gorados_buf_free(struct gorados_buf *buf)
{
	free(buf->p);
	buf->p = NULL;
	buf->len = 0;
}

/* gorados_buf_reserve sets the capacity to cap and returns 1, or sets *ret and returns 0. */
static inline int gorados_buf_reserve(struct gorados_buf *buf, size_t cap, int64_t *ret)
{
	char *p = cap > GORADOS_BUF_MAX ? NULL : realloc(buf->p, cap);
	if (!p) {
		*ret = -ENOMEM;
		return 0;
	}
	buf->p = p;
	buf->cap = cap;
	return 1;
}

static inline void gorados_buf_init(struct gorados_buf *buf)
{
	buf->p = NULL;
	buf->len = buf->cap = 0;
}

/* gorados_buf_cap_for returns the capacity of a buffer that needs want bytes. Few buffers grow beyond the
 * first capacity, and pages of omaps seldom beyond the second. */
static inline size_t gorados_buf_cap_for(size_t want)
{
	if (want <= 4096)
		return 4096;
	if (want <= 65536)
		return 65536;
	return want < GORADOS_BUF_MAX / 2 ? 2 * want : want;
}

/* gorados_buf_bytes returns the bytes, which move when the buffer grows. */
static inline char *gorados_buf_bytes(struct gorados_buf *buf)
{
	return buf->p ? buf->p : buf->small;
}

/* gorados_buf_room returns how many bytes there can be without another allocation. */
static inline size_t gorados_buf_room(const struct gorados_buf *buf)
{
	return buf->p ? buf->cap : sizeof buf->small;
}

/* gorados_buf_make_room sets the capacity to at least want and returns 1, or sets *ret and returns 0. */
static inline int gorados_buf_make_room(struct gorados_buf *buf, size_t want, int64_t *ret)
{
	int was_small = !buf->p;

	if (want <= gorados_buf_room(buf))
		return 1;
	if (!gorados_buf_reserve(buf, gorados_buf_cap_for(want), ret))
		return 0;
	if (was_small)
		memcpy(buf->p, buf->small, buf->len);
	return 1;
}

/* gorados_buf_extend adds n bytes to the length and returns where they are, or sets *ret and returns
 * NULL. */
static inline char *gorados_buf_extend(struct gorados_buf *buf, size_t n, int64_t *ret)
{
	if (*ret < 0 || !gorados_buf_make_room(buf, buf->len + n, ret))
		return NULL;
	buf->len += n;
	return gorados_buf_bytes(buf) + buf->len - n;
}

/* gorados_buf_append appends n bytes. */
static inline void gorados_buf_append(struct gorados_buf *buf, const char *p, size_t n, int64_t *ret)
{
	char *to = gorados_buf_extend(buf, n, ret);

	if (to && n > 0)
		memcpy(to, p, n);
}

/* gorados_buf_reserve_zeroed is gorados_buf_reserve for a buffer that the library fills, perhaps in
 * part: Go never gets memory that was used for something else. */
static inline int gorados_buf_reserve_zeroed(struct gorados_buf *buf, size_t cap, int64_t *ret)
{
	if (!gorados_buf_reserve(buf, cap, ret))
		return 0;
	memset(buf->p, 0, buf->cap);
	return 1;
}

/* gorados_buf_alloc initializes buf and allocates the size that is tried first. */
static inline void gorados_buf_alloc(struct gorados_buf *buf, size_t first, int64_t *ret)
{
	gorados_buf_init(buf);
	if (*ret >= 0)
		gorados_buf_reserve_zeroed(buf, first, ret);
}

/* gorados_buf_grow reserves want bytes, or twice as many as before if the library does not return how
 * many it needs. */
static inline int gorados_buf_grow(struct gorados_buf *buf, size_t want, int64_t *ret)
{
	return gorados_buf_reserve_zeroed(buf, want > buf->cap ? want : 2 * buf->cap, ret);
}

/* gorados_buf_set_len sets the length, for which there is room whatever the library returns, or frees the
 * buffer if len is negative, an error. */
static inline void gorados_buf_set_len(struct gorados_buf *buf, int64_t len)
{
	if (len < 0)
		gorados_buf_free(buf);
	else
		buf->len = (size_t)len < gorados_buf_room(buf) ? (size_t)len : gorados_buf_room(buf);
}

/* gorados_buf_strlen returns the length of the text in buf, which may lack the NUL. */
static inline int64_t gorados_buf_strlen(const struct gorados_buf *buf)
{
	return (int64_t)strnlen(buf->p, buf->cap);
}

/* gorados_buf_capacity returns a pointer to the capacity, where the library stores the size that it
 * needs. */
static inline size_t *gorados_buf_capacity(struct gorados_buf *buf)
{
	buf->len = buf->cap;
	return &buf->len;
}

/* gorados_buf_resize reports whether the library needs a larger buffer and this has been allocated. */
static inline int gorados_buf_resize(struct gorados_buf *buf, int64_t *ret)
{
	return *ret == -ERANGE && buf->len > buf->cap && gorados_buf_reserve_zeroed(buf, buf->len, ret);
}

/* gorados_mempcpy copies n bytes and returns the end of the copy. Most items are so short that a call
 * of memcpy costs more. */
static inline char *gorados_mempcpy(char *to, const char *from, size_t n)
{
	if (n > 64) {
		memcpy(to, from, n);
	} else if (n >= 16) {
		for (size_t i = 0; i < n - 16; i += 16)
			memcpy(to + i, from + i, 16);
		memcpy(to + n - 16, from + n - 16, 16);
	} else if (n >= 8) {
		memcpy(to, from, 8);
		memcpy(to + n - 8, from + n - 8, 8);
	} else {
		for (size_t i = 0; i < n; i++)
			to[i] = from[i];
	}
	return to + n;
}

/* gorados_buf_append_item appends one item: its length, then its bytes. */
static inline void gorados_buf_append_item(struct gorados_buf *buf, const char *p, size_t n, int64_t *ret)
{
	uint64_t size = n;
	char *to = gorados_buf_extend(buf, sizeof size + n, ret);

	if (to)
		gorados_mempcpy(gorados_mempcpy(to, (char *)&size, sizeof size), p, n);
}

struct gorados_text {
	const char *p;
	size_t n;
};

/* gorados_buf_append_pair appends a key and a value: both lengths, then the bytes of both. */
static inline void gorados_buf_append_pair(struct gorados_buf *buf, struct gorados_text key, const char *p, size_t n, int64_t *ret)
{
	uint64_t sizes[] = {key.n, n};
	char *to = gorados_buf_extend(buf, sizeof sizes + key.n + n, ret);

	if (!to)
		return;
	memcpy(to, sizes, sizeof sizes);
	gorados_mempcpy(gorados_mempcpy(to + sizeof sizes, key.p, key.n), p, n);
}

#endif
