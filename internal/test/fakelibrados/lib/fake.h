/* How Go controls the fake librados, and how it reads what the functions have recorded.
 *
 * The declarations are weak: they are NULL in a process that has not loaded the fake.
 */
#ifndef GORADOS_FAKE_H
#define GORADOS_FAKE_H

#include <stddef.h>
#include <stdint.h>

#define FAKE __attribute__((weak))

/* fake_reset undoes all that the functions below have set, clears the records, and resets the number
 * of live objects, so that a test does not count those that an earlier test has leaked. */
FAKE void fake_reset(void);

/* fake_quick makes functions return immediately, without records and checks. */
FAKE void fake_quick(int on);

/* fake_return makes a function return ret after skip more calls. */
FAKE void fake_return(const char *function, uint64_t skip, int64_t ret);

/* fake_proceed undoes fake_return. */
FAKE void fake_proceed(const char *function);

/* fake_answer appends to the answers that a function hands out. */
FAKE void fake_answer(const char *function, const void *p, size_t n);

/* fake_unterminated makes functions that return a text fill the whole buffer, without a NUL. */
FAKE void fake_unterminated(int on);

/* fake_hold blocks the calls of a function until fake_release. */
FAKE void fake_hold(const char *function);
FAKE void fake_release(const char *function);

/* fake_await blocks until n calls of a function are held, for that number of seconds at most. It
 * returns the number of held calls. */
FAKE int fake_await(const char *function, int n, int seconds);

/* fake_calls counts the calls of a function, or of all (NULL). */
FAKE uint64_t fake_calls(const char *function);

/* fake_args copies the arguments of the last call of a function: for each argument a letter, then a
 * number ('i'), or a length and that number of bytes ('s'), or nothing for a NULL ('n'). It returns
 * their size in bytes. */
FAKE size_t fake_args(const char *function, char *buf, size_t cap);

/* fake_count_text starts to count the arguments of all functions that equal a text;
 * fake_text_count returns their number. */
FAKE void fake_count_text(const char *text);
FAKE int fake_text_count(void);

/* fake_live returns the number of objects of a kind (0, 1, ...) that were made since fake_reset and
 * not freed, and the name of the kind, or -1 if the kind does not exist. */
FAKE int fake_live(int kind, const char **name);

/* fake_outcome sets the result of step i of all operations that follow: its code, and whether more
 * entries follow. fake_outcome_answer appends to the answers of the step, which replace those of its
 * function. At a step that fails, and is not flagged FAILOK, an operation ends with that code; the
 * steps after it return no bytes, as from OSDs. fake_return on the function that operates makes it
 * fail before any step. */
FAKE void fake_outcome(int i, int code, int more);
FAKE void fake_outcome_answer(int i, const void *p, size_t n);

/* fake_pieces makes replies arrive in pieces, as on encrypted connections: rados_aio_read and
 * rados_aio_exec fail with ERANGE unless the length is a multiple of 16. */
FAKE void fake_pieces(int on);

/* fake_bounces makes replicas bounce reads that are balanced or localized: librados sends these again
 * under another id, which rados_aio_cancel does not know. */
FAKE void fake_bounces(int on);

/* fake_sent copies step i of the operation that was sent last: the function, then its arguments as
 * in fake_args. It returns 0 if the step does not exist. */
FAKE size_t fake_sent(int i, char *buf, size_t cap);

/* fake_omap_page limits the number of omap entries that a step returns; 0 means no limit. */
FAKE void fake_omap_page(uint64_t most);

/* fake_notify calls back, from a thread of its own, about the i-th watch since fake_reset, even if it
 * was freed. fake_watch_error reports to it the error by which the watch is lost. */
FAKE void fake_notify(int i, uint64_t notify_id, uint64_t notifier, const void *p, size_t n);
FAKE void fake_watch_error(int i, int err);

/* fake_watch_number returns the i of the watch with a cookie, or -1. */
FAKE int fake_watch_number(uint64_t cookie);

/* fake_log calls back, from a thread of its own, about a line of the cluster's log: the callback of
 * the i-th rados_monitor_log2 since fake_reset, even if it is no longer registered. texts has six
 * texts with a NUL each: line, channel, entity, name, level, message. */
FAKE void fake_log(int i, uint64_t sec, uint64_t nsec, uint64_t seq, const char *texts, size_t n);

/* fake_monitor_end does nothing: a call of rados_monitor_log2 that unregisters a callback is recorded
 * under its name, so that it does not replace the arguments of the one that registered it. */
FAKE void fake_monitor_end(void);

/* fake_heap returns the number of bytes of malloc's that are in use, without those of the objects that
 * the fake keeps. */
FAKE size_t fake_heap(void);

/* fake_memory_of adds a function of the program to those whose allocations can fail, by its addresses
 * in the file of the program, or returns -1 if there are too many. fake_memory_fail makes the nth
 * allocation that these make from now on fail, and no other; fake_memory_left returns which one will
 * fail, or 0 if it has. They exist only if Load was asked for them (memory.c). */
FAKE int fake_memory_of(uintptr_t begin, uintptr_t end);
FAKE void fake_memory_fail(int nth);
FAKE int fake_memory_left(void);

/* fake_fault makes a mistake that a sanitizer finds. */
enum {
	FAKE_USE_AFTER_FREE,
	FAKE_LEAK,
	FAKE_UNDEFINED_SHIFT,
};
FAKE void fake_fault(int kind);

#endif
