/* Buffers: growth, limits, a shortage of memory, and what librados returns. */
#include "check.h"

#include "buffer.h"

static void extend(void)
{
	struct gorados_buf buf;
	int64_t ret = 0;
	char *p;

	gorados_buf_init(&buf);
	CHECK(gorados_buf_extend(&buf, 1, &ret) == buf.small && buf.len == 1 && !buf.p);
	buf.small[0] = 's';
	CHECK(gorados_buf_extend(&buf, sizeof buf.small - 1, &ret) == buf.small + 1 && !buf.p);
	CHECK(gorados_buf_extend(&buf, 1, &ret) == buf.p + sizeof buf.small);
	CHECK(buf.cap == 4096 && buf.p[0] == 's' && gorados_buf_bytes(&buf) == buf.p);
	buf.len = 0;
	CHECK((p = gorados_buf_extend(&buf, 4096, &ret)) == buf.p);
	memset(p, 'a', 4096);
	CHECK((p = gorados_buf_extend(&buf, 1, &ret)) == buf.p + 4096);
	*p = 'b';
	CHECK(buf.cap == 65536 && buf.p[4095] == 'a');
	CHECK((p = gorados_buf_extend(&buf, 65536, &ret)) == buf.p + 4097);
	memset(p, 'c', 65536);
	CHECK(buf.cap == 2 * buf.len && buf.p[4096] == 'b');

	CHECK(!gorados_buf_extend(&buf, GORADOS_BUF_MAX, &ret) && ret == -ENOMEM);
	CHECK(buf.len == 4097 + 65536 && buf.p[4096] == 'b'); /* as before */
	CHECK(!gorados_buf_extend(&buf, 1, &ret));            /* an earlier error is kept */
	ret = 0;
	allocations_left = 0;
	CHECK(!gorados_buf_extend(&buf, 65536 * 2, &ret) && ret == -ENOMEM);
	allocations_left = -1;
	gorados_buf_free(&buf);
	CHECK(!buf.p && buf.len == 0);
	gorados_buf_free(&buf); /* no effect */
}

static void append(void)
{
	struct gorados_buf buf;
	int64_t ret = 0;
	uint64_t size;

	gorados_buf_init(&buf);
	gorados_buf_append(&buf, NULL, 0, &ret);
	gorados_buf_append(&buf, "abc", 3, &ret);
	CHECK(ret == 0 && buf.len == 3 && !memcmp(gorados_buf_bytes(&buf), "abc", 3));
	gorados_buf_free(&buf);

	for (size_t n = 0; n < 200; n++) { /* each way of gorados_mempcpy */
		char *item = (malloc)(n ? n : 1);
		for (size_t i = 0; i < n; i++)
			item[i] = (char)i;
		gorados_buf_init(&buf);
		gorados_buf_append_item(&buf, item, n, &ret);
		gorados_buf_append_pair(&buf, (struct gorados_text){item, n}, item, n / 2, &ret);
		CHECK(ret == 0 && buf.len == 3 * 8 + n + n + n / 2);
		const char *p = gorados_buf_bytes(&buf);
		memcpy(&size, p, 8);
		CHECK(size == n && !memcmp(p + 8, item, n));
		memcpy(&size, p + 8 + n, 8);
		CHECK(size == n);
		memcpy(&size, p + 16 + n, 8);
		CHECK(size == n / 2 && !memcmp(p + 24 + n, item, n) && !memcmp(p + 24 + 2 * n, item, n / 2));
		gorados_buf_free(&buf);
		free(item);
	}

	gorados_buf_init(&buf);
	allocations_left = 0;
	gorados_buf_append_item(&buf, "abc", 3, &ret);
	CHECK(ret == 0 && buf.len == 8 + 3); /* a few bytes need no memory */
	gorados_buf_append(&buf, (char[sizeof buf.small]){0}, sizeof buf.small, &ret);
	CHECK(ret == -ENOMEM && !buf.p && buf.len == 8 + 3);
	gorados_buf_append_pair(&buf, (struct gorados_text){"a", 1}, "b", 1, &ret);
	CHECK(allocations_left == -1 && !buf.p); /* after an error nothing is allocated */
}

static void answers(void)
{
	struct gorados_buf buf;
	int64_t ret = 0;

	gorados_buf_alloc(&buf, 8, &ret);
	for (size_t i = 0; i < 8; i++)
		CHECK(buf.p[i] == 0);
	memset(buf.p, 'a', 8);
	CHECK(gorados_buf_strlen(&buf) == 8); /* without a NUL */
	buf.p[3] = 0;
	CHECK(gorados_buf_strlen(&buf) == 3);
	CHECK(*gorados_buf_capacity(&buf) == 8);

	ret = -ERANGE; /* librados needs 20 bytes */
	*gorados_buf_capacity(&buf) = 20;
	CHECK(gorados_buf_resize(&buf, &ret) && buf.cap == 20);
	for (size_t i = 0; i < 20; i++)
		CHECK(buf.p[i] == 0);     /* none of the earlier bytes */
	*gorados_buf_capacity(&buf) = 20; /* it claims to need as many as there are: no endless loop */
	CHECK(!gorados_buf_resize(&buf, &ret));
	*gorados_buf_capacity(&buf) = SIZE_MAX;
	CHECK(!gorados_buf_resize(&buf, &ret) && ret == -ENOMEM);
	ret = 0;
	*gorados_buf_capacity(&buf) = 40;
	CHECK(!gorados_buf_resize(&buf, &ret)); /* no error, no resize */

	CHECK(gorados_buf_grow(&buf, 0, &ret) && buf.cap == 40); /* twice */
	CHECK(gorados_buf_grow(&buf, 100, &ret) && buf.cap == 100);
	CHECK(!gorados_buf_grow(&buf, GORADOS_BUF_MAX + 1, &ret) && ret == -ENOMEM && buf.cap == 100);
	ret = 0;
	allocations_left = 0;
	CHECK(!gorados_buf_grow(&buf, 101, &ret) && ret == -ENOMEM);
	allocations_left = -1;

	gorados_buf_set_len(&buf, 5);
	CHECK(buf.len == 5);
	gorados_buf_set_len(&buf, INT64_MAX); /* more than there is */
	CHECK(buf.len == 100);
	gorados_buf_set_len(&buf, -EIO);
	CHECK(!buf.p && buf.len == 0);
	gorados_buf_set_len(&buf, INT64_MAX);
	CHECK(buf.len == sizeof buf.small);

	ret = -EIO;
	gorados_buf_alloc(&buf, 8, &ret);
	CHECK(ret == -EIO && !buf.p && buf.cap == 0);
	gorados_buf_set_len(&buf, ret);
}

int main(void)
{
	extend();
	append();
	answers();
	return 0;
}
