/* Conversions and checks of arguments. */
#include "check.h"

#include "convert.h"

static void lists(void)
{
	static const char three[] = "a\0\0bc"; /* "a", "", "bc" */
	int64_t ret = 0;
	const char **list = gorados_list_new(three, sizeof three, 3, &ret);

	CHECK(ret == 0 && list[0] == three && !strcmp(list[1], "") && !strcmp(list[2], "bc") && !list[3]);
	free(list);
	for (size_t n = 0; n < 6; n++) { /* a NUL inside makes more than n */
		ret = 0;
		list = gorados_list_new(three, sizeof three, n, &ret);
		CHECK(ret == (n == 3 ? 0 : GORADOS_NUL));
		free(list);
	}
	ret = 0;
	list = gorados_list_new(NULL, 0, 0, &ret);
	CHECK(ret == 0 && list && !list[0]);
	free(list);
	allocations_left = 0;
	CHECK(!gorados_list_new(three, sizeof three, 3, &ret) && ret == -ENOMEM);
	CHECK(!gorados_list_new(three, sizeof three, SIZE_MAX / sizeof(char *), &ret) && ret == -ENOMEM);
	ret = -EIO;
	CHECK(!gorados_list_new(three, sizeof three, 3, &ret) && ret == -EIO);
}

/* encode writes count groups of kinds items, each of them one byte longer than the one before. */
static char *encode(size_t kinds, size_t count, size_t *bytes)
{
	char *data, *p;

	*bytes = 0;
	for (size_t i = 0; i < kinds * count; i++)
		*bytes += 8 + i % 40;
	p = data = (malloc)(*bytes ? *bytes : 1);
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < kinds; k++) {
			uint64_t n = (i * kinds + k) % 40;
			memcpy(p, &n, 8);
			p += 8;
		}
		for (size_t k = 0; k < kinds; k++) {
			size_t n = (i * kinds + k) % 40;
			memset(p, (int)(i * kinds + k), n);
			p += n;
		}
	}
	return data;
}

static void items(void)
{
	for (size_t kinds = 1; kinds <= 2; kinds++) {
		for (size_t count = 0; count < 40; count++) {
			struct gorados_items items[2];
			size_t bytes;
			char *data = encode(kinds, count, &bytes);
			int64_t ret = 0;
			gorados_items_init(items, kinds, data, bytes, count, &ret);
			CHECK(ret == 0);
			for (size_t i = 0; i < count; i++)
				for (size_t k = 0; k < kinds; k++) {
					size_t n = (i * kinds + k) % 40;
					CHECK(items[k].n[i] == n);
					CHECK(n == 0 || items[k].p[i][n - 1] == (char)(i * kinds + k));
				}
			gorados_items_free(items, kinds);
			gorados_items_init(items, kinds, data, bytes, count + 1, &ret); /* one is missing */
			CHECK(ret == -EINVAL);
			gorados_items_free(items, kinds);
			for (size_t cut = 0; cut < bytes; cut += 7) { /* the last is cut short */
				ret = 0;
				gorados_items_init(items, kinds, data, cut, count, &ret);
				CHECK(ret == -EINVAL);
				gorados_items_free(items, kinds);
			}
			free(data);
		}
		for (int left = 0; left < 2 * (int)kinds; left++) {
			struct gorados_items items[2];
			size_t bytes;
			char *data = encode(kinds, 17, &bytes); /* more than there are without memory */
			int64_t ret = 0;
			allocations_left = left;
			gorados_items_init(items, kinds, data, bytes, 17, &ret);
			CHECK(ret == -ENOMEM);
			allocations_left = -1;
			gorados_items_free(items, kinds);
			free(data);
		}
	}
	{
		struct gorados_items item;
		uint64_t huge = UINT64_MAX;
		int64_t ret = 0;
		gorados_items_init(&item, 1, (char *)&huge, sizeof huge, 1, &ret); /* a length that wraps around */
		CHECK(ret == -EINVAL);
		gorados_items_free(&item, 1);
		ret = -EIO;
		gorados_items_init(&item, 1, NULL, 0, 1000, &ret);
		CHECK(ret == -EIO);
		gorados_items_free(&item, 1);
	}
}

static int64_t dict(const char *text, size_t bytes, size_t count)
{
	char *block = (malloc)(bytes);
	int64_t ret = 0;

	memcpy(block, text, bytes);
	gorados_dict_check(block, bytes, count, &ret);
	free(block);
	return ret;
}

static void checks(void)
{
	struct timeval tv;
	int64_t ret = 0;

	CHECK(dict("", 1, 0) == 0);
	CHECK(dict("k\0v\0", 5, 1) == 0);
	CHECK(dict("k\0\0", 4, 1) == 0);       /* an empty value */
	CHECK(dict("\0v\0", 4, 1) == -EINVAL); /* an empty key */
	CHECK(dict("k\0v\0x\0", 7, 1) == GORADOS_NUL);
	CHECK(dict("\0v\0x\0", 6, 1) == GORADOS_NUL);

	gorados_length_check(INT_MAX, &ret);
	CHECK(ret == 0);
	gorados_length_check((size_t)INT_MAX + 1, &ret);
	CHECK(ret == -E2BIG);
	gorados_empty_check(0, &ret);
	CHECK(ret == -E2BIG); /* the first error is kept */
	ret = 0;
	gorados_empty_check(1, &ret);
	CHECK(ret == 0);
	gorados_empty_check(0, &ret);
	CHECK(ret == -EINVAL);
	ret = 0;
	gorados_range_check(INT_MIN, INT_MIN, INT_MAX, &ret);
	gorados_range_check(INT_MAX, INT_MIN, INT_MAX, &ret);
	CHECK(ret == 0);
	gorados_range_check((int64_t)INT_MAX + 1, INT_MIN, INT_MAX, &ret);
	CHECK(ret == -EINVAL);
	ret = 0;
	gorados_range_check((int64_t)INT_MIN - 1, INT_MIN, INT_MAX, &ret);
	CHECK(ret == -EINVAL);

	CHECK(gorados_either_sign(5) == -5 && gorados_either_sign(-5) == -5 && gorados_either_sign(0) == 0);

	ret = 0;
	gorados_timeval_init(&tv, 1, &ret); /* 0 would mean that there is no timeout */
	CHECK(ret == 0 && tv.tv_sec == 0 && tv.tv_usec == 1);
	gorados_timeval_init(&tv, 0, &ret);
	CHECK(ret == 0 && tv.tv_sec == 0 && tv.tv_usec == 0);
	gorados_timeval_init(&tv, 1999999999, &ret);
	CHECK(ret == 0 && tv.tv_sec == 2 && tv.tv_usec == 0);
	gorados_timeval_init(&tv, INT64_MAX, &ret);
	CHECK(ret == 0 && tv.tv_sec == 9223372036 && tv.tv_usec == 854776);
	gorados_timeval_init(&tv, -1, &ret);
	CHECK(ret == -EINVAL);
}

int main(void)
{
	lists();
	items();
	checks();
	return 0;
}
