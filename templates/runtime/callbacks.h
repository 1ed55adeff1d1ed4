/* The functions that librados calls back, named gorados_on_TYPE after the type of the callback. Each
 * appends an event. */
#ifndef GORADOS_CALLBACKS_H
#define GORADOS_CALLBACKS_H

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

void gorados_on_rados_watchcb2_t(void *arg, uint64_t notify_id, uint64_t handle, uint64_t notifier_id, void *data, size_t data_len);
void gorados_on_rados_watcherrcb_t(void *pre, uint64_t cookie, int err);
void gorados_on_rados_log_callback2_t(void *arg, const char *line, const char *channel, const char *who, const char *name,
				      uint64_t sec, uint64_t nsec, uint64_t seq, const char *level, const char *msg);

#pragma GCC visibility pop
#endif
