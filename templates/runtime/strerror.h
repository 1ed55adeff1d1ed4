#ifndef GORADOS_STRERROR_H
#define GORADOS_STRERROR_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

/* gorados_errno_text writes the text of an errno, in English whatever the locale of the process is. */
void gorados_errno_text(int code, char *text, size_t size);

#pragma GCC visibility pop
#endif
