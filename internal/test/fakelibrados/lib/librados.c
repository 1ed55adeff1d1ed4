/* A librados without a cluster. Its functions record their arguments, return and hand out what a
 * test has told them to (fake.h), and count the objects that have not been freed.
 *
 * Misuse that is undefined behavior in the real library ends the process with a message: an object
 * that is used after it was freed, freed twice, freed during a call, or freed before an object
 * that depends on it.
 *
 * The functions of the other libraries with a spec are here, too: they take the same objects.
 *
 * zz_functions.c and zz_striper.c are generated from the prototypes. A function with a behavior of its own is written
 * by hand, in the file that is named after what it is about:
 *
 *	struct call c = enter(__func__, HANDLE, KIND);
 *	arg_text(&c, NAME); arg_bytes(&c, BUF, LEN); arg_number(&c, N);   records the arguments
 *	if (proceed(&c))                                      unless a test made it fail
 *		...                                           hands out answers
 *	return leave(&c, RET);
 *
 * and "go run ./gen generate" then leaves it out of these.
 */
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
#include <time.h>

#include <rados/librados.h>
#include <radosstriper/libradosstriper.h>

#include "fake.h"

#include "object.c"
#include "call.c"
#include "answer.c"
#include "step.c"
#include "conn.c"
#include "ioctx.c"
#include "iter.c"
#include "op.c"
#include "list.c"
#include "slice.c"
#include "watch.c"
#include "log.c"
#include "aio.c"
#include "striper.c"
#include "reset.c"
#include "fault.c"
#include "zz_functions.c"
#include "zz_striper.c"
