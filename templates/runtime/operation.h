/* Operations of several steps. Package oplog records the steps in one buffer. One crossing makes the
 * C object, adds the steps, performs them and reports their outcomes. */
#ifndef GORADOS_OPERATION_H
#define GORADOS_OPERATION_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "buffer.h"
#include "codes.h"
#include "record.h"

/* gorados_read_buffer reads the address of a buffer of Go, which is pinned until the operation has
 * ended. */
static inline char *gorados_read_buffer(struct gorados_reader *in, size_t *n)
{
	uintptr_t p = (uintptr_t)gorados_read_number(in);

	*n = (size_t)gorados_read_number(in);
	return (char *)p;
}

/* The result of a step. The library sets the members that the step needs. If it does not even set the
 * code, the step was not performed, and the iterator is not valid. */
struct gorados_step_result {
	int used; /* the step reports */
	int code;
	unsigned char more;
	size_t n;
	uint64_t size;
	struct timespec time;
	char *p;
	void *iter;
	int64_t (*drain)(void *iter, struct gorados_buf *pairs);
};

/* gorados_step_code returns where the library stores the code of a step that reports. */
static inline int *gorados_step_code(struct gorados_step_result *step)
{
	step->used = 1;
	return &step->code;
}

/* gorados_step_iter returns where the library stores the iterator that drain reads to its end. */
static inline void **gorados_step_iter(struct gorados_step_result *step, int64_t (*drain)(void *iter, struct gorados_buf *pairs))
{
	step->drain = drain;
	return &step->iter;
}

/* The report of a step for Go: this header, then that many bytes. */
struct gorados_step_header {
	uint64_t step;
	int64_t code;
	uint64_t n, size;
	int64_t sec, nsec;
	uint64_t more;
	uint64_t bytes;
};

struct gorados_op {
	void *object;
	size_t count;
	struct gorados_step_result *results;
	struct gorados_step_result own[8]; /* enough for most operations */
};

/* gorados_op_init initializes an operation without an object. */
static inline void gorados_op_init(struct gorados_op *op, size_t count, int64_t *ret)
{
	op->object = NULL;
	op->count = 0;
	op->results = op->own;
	if (*ret < 0)
		return;
	if (count > sizeof op->own / sizeof *op->own && !(op->results = malloc(count * sizeof *op->results))) {
		*ret = -ENOMEM;
		return;
	}
	memset(op->results, 0, count * sizeof *op->results);
	for (size_t i = 0; i < count; i++)
		op->results[i].code = GORADOS_SKIPPED;
	op->count = count;
}

/* gorados_report_step appends the report of step i and frees the iterator of its result. */
static inline void gorados_report_step(struct gorados_step_result *step, size_t i, struct gorados_buf *out, int64_t *ret)
{
	int ok = *ret >= 0 && step->code != GORADOS_SKIPPED && step->code >= 0;
	struct gorados_step_header header = {
		.step = i,
		.code = step->code,
		.n = step->n,
		.size = step->size,
		.sec = step->time.tv_sec,
		.nsec = step->time.tv_nsec,
		.more = step->more,
	};
	size_t at = out->len;
	int64_t drained = 0;

	gorados_buf_append(out, (char *)&header, sizeof header, ret);
	ok = ok && *ret >= 0;
	if (step->iter)
		drained = step->drain(step->iter, ok ? out : NULL);
	else if (step->p && ok)
		gorados_buf_append(out, step->p, step->n, ret);
	if (*ret < 0)
		return;
	if (ok && drained < 0)
		header.code = drained;
	header.bytes = out->len - at - sizeof header;
	memcpy(gorados_buf_bytes(out) + at, &header, sizeof header);
}

/* gorados_op_free frees the memory of an operation, but not its object. */
static inline void gorados_op_free(struct gorados_op *op)
{
	if (op->results != op->own)
		free(op->results);
}

#endif
