/* How Go gives the fake librados its orders and asks what became of them.
 *
 * The declarations are weak: they are NULL in a process that has not loaded
 * the fake (yet), which is how that is noticed.
 */
#ifndef GORADOS_FAKE_H
#define GORADOS_FAKE_H

#include <stddef.h>
#include <stdint.h>

#define FAKE __attribute__((weak))

/* fake_reset forgets all orders and records, and what is live: one test's
 * leaks are no other's. */
FAKE void fake_reset(void);

/* fake_quick makes reads, writes and the like return at once: no records, no
 * checks, nothing but the call. */
FAKE void fake_quick(int on);

/* fake_return makes a function return ret after skip more calls. */
FAKE void fake_return(const char *function, uint64_t skip, int64_t ret);

/* fake_proceed undoes fake_return. */
FAKE void fake_proceed(const char *function);

/* fake_answer appends to what a function hands out. */
FAKE void fake_answer(const char *function, const void *p, size_t n);

/* fake_unterminated makes functions that put a text into a buffer fill all of it, without a NUL. */
FAKE void fake_unterminated(int on);

/* fake_hold keeps the callers of a function inside, until fake_release. */
FAKE void fake_hold(const char *function);
FAKE void fake_release(const char *function);

/* fake_await waits until n callers are held in a function, and returns how
 * many there are after so many seconds at most. */
FAKE int fake_await(const char *function, int n, int seconds);

/* fake_calls counts the calls of a function, or of all (NULL). */
FAKE uint64_t fake_calls(const char *function);

/* fake_args copies what the last call of a function was given: for each
 * argument a letter, then a number ('i'), or a length and as many bytes ('s'),
 * or nothing for a NULL ('n'). It returns how many bytes that takes. */
FAKE size_t fake_args(const char *function, char *buf, size_t cap);

/* fake_look_for counts, from now on, the arguments that are just that text, of all
 * functions; fake_found tells how many there were. */
FAKE void fake_look_for(const char *text);
FAKE int fake_found(void);

/* fake_live says how many objects of a kind (0, 1, ...) were made and not freed
 * since fake_reset, and what they are called, or returns -1 where there is no
 * such kind. */
FAKE int fake_live(int kind, const char **name);

/* fake_outcome says what comes of step i of all operations that follow: its
 * code, and whether there is more; fake_outcome_answer appends to what it hands
 * out, instead of what fake_answer has for its function. At a step that fails
 * (and is not flagged FAILOK) an operation ends with that code; those behind it are
 * answered with nothing, as OSDs do it. fake_return on the function that
 * operates ends it before any step is answered at all. */
FAKE void fake_outcome(int i, int code, int more);
FAKE void fake_outcome_answer(int i, const void *p, size_t n);

/* fake_pieces has replies arrive in pieces, as on encrypted connections: rados_aio_read and
 * rados_aio_exec fail with ERANGE then, unless the length is a multiple of 16. */
FAKE void fake_pieces(int on);

/* fake_bounces has replicas bounce reads that are balanced or localized: they go on under
 * another id, at which rados_aio_cancel does not aim. */
FAKE void fake_bounces(int on);

/* fake_sent copies step i of the operation that was sent last: the function, then
 * its arguments, as fake_args does. It returns 0 if there is no such step. */
FAKE size_t fake_sent(int i, char *buf, size_t cap);

/* fake_omap_page limits how many omap entries come at once, 0: not. */
FAKE void fake_omap_page(uint64_t most);

/* fake_notify calls back, from a thread of its own, about a watch: the i-th since
 * fake_reset, whether it is still there or not. fake_watch_error tells it the
 * error by which it is lost. */
FAKE void fake_notify(int i, uint64_t notify_id, uint64_t notifier, const void *p, size_t n);
FAKE void fake_watch_error(int i, int err);

/* fake_watch_number is the i of the watch with that cookie, -1 if there is none. */
FAKE int fake_watch_number(uint64_t cookie);

/* fake_log calls back, from a thread of its own, about a line of the cluster's log:
 * whom the i-th rados_monitor_log2 since fake_reset has named, whether it is still to
 * be called or not. Of the line, six texts with a NUL each: the line, channel, who,
 * name, level, message. */
FAKE void fake_log(int i, uint64_t sec, uint64_t nsec, uint64_t seq, const char *texts, size_t n);

/* fake_monitor_end does nothing: calls of rados_monitor_log2 that end what another
 * began are counted under its name, lest they cover up the other's arguments. */
FAKE void fake_monitor_end(void);

/* fake_heap is how many bytes of malloc's are in use, less those that the fake
 * keeps for ever. */
FAKE size_t fake_heap(void);

#endif
