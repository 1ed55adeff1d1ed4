/* A stand-in for the generated zz_library.h, with which the C run time compiles, is checked by
 * editors and is tested without the generator. It declares all that the run time needs of a
 * library. The generator does not copy it.
 */
#ifndef GORADOS_LIBRARY_H
#define GORADOS_LIBRARY_H

#include <stdint.h>

/* What an asynchronous call of the library takes, and the function that it calls when the call has
 * completed. */
typedef void *gorados_completion;
typedef void (*gorados_completion_callback)(gorados_completion completion, void *arg);

/* gorados_completion_new sets *completion and returns 0, or returns a negative errno. */
int gorados_completion_new(void *arg, gorados_completion_callback callback, gorados_completion *completion);
int gorados_completion_is_complete(gorados_completion completion);
void gorados_completion_wait(gorados_completion completion);
int64_t gorados_completion_return_value(gorados_completion completion);
uint64_t gorados_completion_version(gorados_completion completion);
void gorados_completion_cancel(uintptr_t io, gorados_completion completion);
void gorados_completion_release(gorados_completion completion);

#endif
