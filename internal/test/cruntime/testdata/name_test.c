/* Copies of names of every length, wherever they are in memory, with and without a NUL. */
#include "check.h"

#include "name.h"

/* copy_of copies a name in a block of exactly n bytes, so that the sanitizer finds each byte too far. */
static int64_t copy_of(const char *text, size_t n)
{
	char own[GORADOS_NAME_SIZE], *block = (malloc)(n ? n : 1), *name;
	int64_t ret = 0;

	memcpy(block, text, n);
	memset(own, 'x', sizeof own);
	name = gorados_name_copy(own, n ? block : NULL, n, &ret);
	if (ret >= 0) {
		CHECK(name[n] == 0);
		CHECK(n == 0 || memcmp(name, block, n) == 0);
		CHECK((name == own) == (n < GORADOS_NAME_SIZE));
	}
	gorados_name_free(own, name);
	free(block);
	return ret;
}

int main(void)
{
	static char text[3 * GORADOS_NAME_SIZE];
	char own[GORADOS_NAME_SIZE], *name;
	int64_t ret;

	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (char)(1 + i % 255); /* every byte but NUL */
	for (size_t n = 0; n < sizeof text; n++) {
		CHECK(copy_of(text, n) == 0);
		for (size_t i = 0; i < n; i += n < 64 ? 1 : 13) {
			char c = text[i];
			text[i] = 0;
			CHECK(copy_of(text, n) == GORADOS_NUL);
			text[i] = c;
		}
	}
	memset(text, '\x80', sizeof text); /* bytes that differ from NUL in the sign only */
	for (size_t n = 0; n < 64; n++)
		CHECK(copy_of(text, n) == 0);

	allocations_left = 0; /* a name that needs memory when none is left */
	CHECK(copy_of(text, GORADOS_NAME_SIZE) == -ENOMEM);
	allocations_left = 0;
	CHECK(copy_of(text, GORADOS_NAME_SIZE - 1) == 0);
	CHECK(allocations_left == 0);
	allocations_left = -1;

	ret = -EIO; /* an earlier error is kept, and nothing is copied */
	name = gorados_name_copy(own, NULL, 1000, &ret);
	CHECK(ret == -EIO);
	gorados_name_free(own, name);
	return 0;
}
