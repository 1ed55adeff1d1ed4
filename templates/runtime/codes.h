/* Codes that shims return, beyond any errno. */
#ifndef GORADOS_CODES_H
#define GORADOS_CODES_H

#include <limits.h>

enum {
	GORADOS_NUL = INT_MIN, /* a name contains a NUL byte */
	GORADOS_SKIPPED,       /* a step was not performed */
	GORADOS_DENIED,        /* the handle denied the call; Go knows the reason */
	GORADOS_BUSY,          /* too many threads wait; the call must be asynchronous */
	GORADOS_MISSING,       /* the first code of a function that the loaded library lacks */
};

#endif
