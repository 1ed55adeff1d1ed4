/* The end of a process that is out of memory. */
#ifndef GORADOS_MEMORY_H
#define GORADOS_MEMORY_H

#include <stdlib.h>
#include <unistd.h>

/* gorados_out_of_memory ends the process, as Go does when it is out of memory: where an event would be
 * lost, and where no caller can be given an error. */
static inline void gorados_out_of_memory(void)
{
	static const char text[] = "out of memory in C\n";

	if (write(STDERR_FILENO, text, sizeof text - 1)) {
		/* this error cannot be reported either */
	}
	abort();
}

#endif
