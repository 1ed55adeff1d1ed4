/* The record of an operation, and the report of its steps. */
#include "check.h"

#include "operation.h"

static void record(void)
{
	uint64_t words[] = {7, UINT64_MAX, 3, 0, 0x1234, 20};
	char *block = (malloc)(sizeof words + 3 + 4), *p = block; /* numbers, "ab" with a NUL, no bytes, a buffer */
	struct gorados_reader in;
	size_t n;

	memcpy(p, words, 3 * 8);
	p += 3 * 8;
	memcpy(p, "ab", 3);
	p += 3;
	memcpy(p, words + 3, 3 * 8);
	in.p = block;
	CHECK(gorados_read_number(&in) == 7);
	CHECK(gorados_read_number(&in) == UINT64_MAX);
	CHECK(!strcmp(gorados_read_text(&in), "ab"));
	gorados_read_bytes(&in, &n);
	CHECK(n == 0);
	CHECK(gorados_read_buffer(&in, &n) == (char *)0x1234 && n == 20);
	CHECK(in.p == block + sizeof words + 3);
	free(block);
}

static int drained, drain_result;

static int64_t drain(void *iter, struct gorados_buf *pairs)
{
	int64_t ret = drain_result;

	drained++;
	CHECK(iter == &drained);
	if (pairs)
		gorados_buf_append(pairs, "pair", 4, &ret);
	return ret;
}

static struct gorados_step_header header_at(struct gorados_buf *buf, size_t at)
{
	struct gorados_step_header header;

	CHECK(at + sizeof header <= buf->len);
	memcpy(&header, gorados_buf_bytes(buf) + at, sizeof header);
	CHECK(at + sizeof header + header.bytes <= buf->len);
	return header;
}

static void report(void)
{
	struct gorados_op op;
	struct gorados_buf out;
	struct gorados_step_header header;
	int64_t ret = 0;

	gorados_op_init(&op, 3, &ret);
	CHECK(ret == 0 && op.results == op.own && op.count == 3);
	gorados_buf_init(&out);

	gorados_report_step(&op.results[0], 0, &out, &ret); /* librados did not set the code */
	header = header_at(&out, 0);
	CHECK(header.step == 0 && header.code == GORADOS_SKIPPED && header.bytes == 0);

	*gorados_step_code(&op.results[1]) = 0;
	CHECK(op.results[1].used && !op.results[2].used);
	op.results[1].p = "data";
	op.results[1].n = 4;
	op.results[1].size = 42;
	op.results[1].more = 1;
	op.results[1].time = (struct timespec){-1, 999999999};
	gorados_report_step(&op.results[1], 1, &out, &ret);
	header = header_at(&out, sizeof header);
	CHECK(header.step == 1 && header.code == 0 && header.n == 4 && header.size == 42 && header.more == 1);
	CHECK(header.sec == -1 && header.nsec == 999999999 && header.bytes == 4);
	CHECK(!memcmp(gorados_buf_bytes(&out) + out.len - 4, "data", 4));

	op.results[1].code = -ENOENT; /* the data of a step that failed is not reported */
	out.len = 0;
	gorados_report_step(&op.results[1], 1, &out, &ret);
	CHECK(header_at(&out, 0).bytes == 0);

	*gorados_step_code(&op.results[2]) = 0;
	*gorados_step_iter(&op.results[2], drain) = &drained;
	out.len = 0;
	gorados_report_step(&op.results[2], 2, &out, &ret);
	CHECK(drained == 1 && header_at(&out, 0).bytes == 4);
	drain_result = -EIO; /* the iterator fails: so does the step */
	out.len = 0;
	gorados_report_step(&op.results[2], 2, &out, &ret);
	CHECK(drained == 2 && header_at(&out, 0).code == -EIO);
	op.results[2].code = -EACCES; /* the iterator of a step that failed is freed as well */
	gorados_report_step(&op.results[2], 2, &out, &ret);
	CHECK(drained == 3 && ret == 0);
	gorados_buf_free(&out);

	gorados_buf_init(&out); /* and if memory is short */
	allocations_left = 0;
	gorados_report_step(&op.results[2], 2, &out, &ret);
	CHECK(ret == 0 && drained == 4 && !out.p); /* one report needs none */
	gorados_report_step(&op.results[2], 2, &out, &ret);
	CHECK(ret == -ENOMEM && drained == 5);
	allocations_left = -1;
	gorados_report_step(&op.results[2], 2, &out, &ret);
	CHECK(ret == -ENOMEM && drained == 6 && out.len == sizeof header);
	gorados_op_free(&op);
}

static void sizes(void)
{
	struct gorados_op op;
	int64_t ret = 0;

	for (size_t n = 0; n < 20; n++) {
		gorados_op_init(&op, n, &ret);
		CHECK(ret == 0 && op.count == n && !op.object && (op.results == op.own) == (n <= 8));
		for (size_t i = 0; i < n; i++)
			CHECK(op.results[i].code == GORADOS_SKIPPED && !op.results[i].used && !op.results[i].iter);
		gorados_op_free(&op);
	}
	allocations_left = 0;
	gorados_op_init(&op, 9, &ret);
	CHECK(ret == -ENOMEM && op.count == 0);
	gorados_op_free(&op);
	allocations_left = -1;
	gorados_op_init(&op, 9, &ret); /* an earlier error is kept */
	CHECK(ret == -ENOMEM && op.count == 0 && op.results == op.own);
	gorados_op_free(&op);
}

int main(void)
{
	record();
	report();
	sizes();
	return 0;
}
