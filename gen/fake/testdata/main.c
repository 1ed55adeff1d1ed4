/* The golden and the helpers that its definitions call. */
#pragma GCC diagnostic ignored "-Wunused-function"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"

#include "fake.h"
#include "object.c"
#include "call.c"
#include "answer.c"
#include "step.c"

struct task {
	int (*run)(struct task *t);
	void *io;
	char *text[4], *in;
	size_t in_len;
	void *out[4];
	uint64_t number[4];
};

static bool cancelled(void) { return false; }
static int start(void *completion, struct task t) { return completion ? t.run(&t) : 0; }

#define ENDED(completion) QUICK(completion == NULL)

#include "zz_functions.c"
#include "hand.c"
