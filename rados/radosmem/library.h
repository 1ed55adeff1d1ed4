/* The functions of librados, which this package defines: a program that is linked with it calls these
 * and not those of the shared library.
 *
 * They must not call Go, since package rados has told cgo that its calls of C do not. So a function
 * puts a request on a queue, from which a goroutine takes it, and blocks its thread until that answers.
 */
#ifndef RADOSMEM_LIBRARY_H
#define RADOSMEM_LIBRARY_H

#include <stddef.h>
#include <stdint.h>

/* The functions that Go performs. */
enum {
	RADOSMEM_BREAK_LOCK,
	RADOSMEM_CACHE_PIN,
	RADOSMEM_CANCEL,
	RADOSMEM_CLUSTER_NEW,
	RADOSMEM_CLUSTER_SHUTDOWN,
	RADOSMEM_CLUSTER_STAT,
	RADOSMEM_CONF_GET,
	RADOSMEM_CONF_SET,
	RADOSMEM_CURSOR_COMPARE,
	RADOSMEM_CURSOR_FREE,
	RADOSMEM_CURSOR_NEW,
	RADOSMEM_CURSOR_SLICE,
	RADOSMEM_FLUSH,
	RADOSMEM_IOCTX_DESTROY,
	RADOSMEM_IOCTX_LOCATOR,
	RADOSMEM_IOCTX_NAMESPACE,
	RADOSMEM_IOCTX_NEW,
	RADOSMEM_IOCTX_NEW_BY_ID,
	RADOSMEM_IOCTX_POOL_ID,
	RADOSMEM_IOCTX_POOL_NAME,
	RADOSMEM_IOCTX_READ_SNAP,
	RADOSMEM_IOCTX_STAT,
	RADOSMEM_IOCTX_WRITE_SNAPS,
	RADOSMEM_LIST_CLOSE,
	RADOSMEM_LIST_CURSOR,
	RADOSMEM_LIST_NEXT,
	RADOSMEM_LIST_OPEN,
	RADOSMEM_LIST_POSITION,
	RADOSMEM_LIST_SEEK,
	RADOSMEM_LIST_SEEK_CURSOR,
	RADOSMEM_LIST_SLICE,
	RADOSMEM_LOCK,
	RADOSMEM_LOCKERS,
	RADOSMEM_NOTIFY,
	RADOSMEM_NOTIFY_ACK,
	RADOSMEM_OPERATE,
	RADOSMEM_POOL_CREATE,
	RADOSMEM_POOL_DELETE,
	RADOSMEM_POOL_LIST,
	RADOSMEM_POOL_LOOKUP,
	RADOSMEM_POOL_NAME,
	RADOSMEM_SNAP_CREATE,
	RADOSMEM_SNAP_LIST,
	RADOSMEM_SNAP_LOOKUP,
	RADOSMEM_SNAP_NAME,
	RADOSMEM_SNAP_NEW_SELF_MANAGED,
	RADOSMEM_SNAP_REMOVE,
	RADOSMEM_SNAP_REMOVE_SELF_MANAGED,
	RADOSMEM_SNAP_ROLLBACK,
	RADOSMEM_SNAP_ROLLBACK_SELF_MANAGED,
	RADOSMEM_SNAP_STAMP,
	RADOSMEM_UNLOCK,
	RADOSMEM_UNSUPPORTED,
	RADOSMEM_UNWATCH,
	RADOSMEM_WATCH,
	RADOSMEM_WATCH_CHECK,
};

/* The steps of operations. The comments list what follows the number of a step: numbers, bytes after
 * their length, and addresses of results. */
enum {
	RADOSMEM_APPEND,         /* bytes */
	RADOSMEM_ASSERT_EXISTS,  /* */
	RADOSMEM_ASSERT_VERSION, /* version */
	RADOSMEM_CHECKSUM,       /* type, initial value, offset, length, chunk, buffer, its length, code */
	RADOSMEM_CMPEXT,         /* bytes, offset, code */
	RADOSMEM_CMPOMAP,        /* key, operator, value, code */
	RADOSMEM_CMPXATTR,       /* name, operator, value */
	RADOSMEM_CREATE,         /* exclusive */
	RADOSMEM_EXEC,           /* class, method, input, code, memory, buffer, its length, length */
	RADOSMEM_GETXATTR,       /* name, buffer, its length, length */
	RADOSMEM_GETXATTRS,      /* iterator, code */
	RADOSMEM_OMAP_CLEAR,     /* */
	RADOSMEM_OMAP_KEYS,      /* start, number, iterator, more, code */
	RADOSMEM_OMAP_RM_KEYS,   /* number, keys */
	RADOSMEM_OMAP_RM_RANGE,  /* begin, end */
	RADOSMEM_OMAP_SET,       /* number, keys and values */
	RADOSMEM_OMAP_VALUES,    /* start, prefix, number, iterator, more, code */
	RADOSMEM_OMAP_BY_KEYS,   /* number, keys, iterator, code */
	RADOSMEM_READ,           /* offset, length, buffer, length, code */
	RADOSMEM_REMOVE,         /* */
	RADOSMEM_RMXATTR,        /* name */
	RADOSMEM_SET_FLAGS,      /* flags of the step before */
	RADOSMEM_SETXATTR,       /* name, value */
	RADOSMEM_STAT,           /* size, seconds, struct timespec, code */
	RADOSMEM_TRUNCATE,       /* size */
	RADOSMEM_WRITE,          /* bytes, offset */
	RADOSMEM_WRITE_FULL,     /* bytes */
	RADOSMEM_WRITE_HINT,     /* */
	RADOSMEM_WRITESAME,      /* bytes, length, offset */
	RADOSMEM_ZERO,           /* offset, length */
};

enum { RADOSMEM_ARGS = 16 };

/* A request: the thread that made it waits for its answer. */
struct radosmem_request {
	int function;
	int answered;
	int64_t ret;
	uint64_t args[RADOSMEM_ARGS];
	struct radosmem_request *next;
};

/* radosmem_next blocks until there is a request, and returns it. */
struct radosmem_request *radosmem_next(void);

/* radosmem_answer wakes the thread that waits for a request, which must not be used afterwards. */
void radosmem_answer(struct radosmem_request *request, int64_t ret);

/* radosmem_complete completes a call, and calls the function that the caller has set for it. */
void radosmem_complete(uint64_t completion, int64_t ret, uint64_t version);

/* radosmem_notify and radosmem_fail call the functions of a watch. */
void radosmem_notify(uint64_t callback, uint64_t arg, uint64_t notify, uint64_t watch, uint64_t client, void *data, size_t len);
void radosmem_fail(uint64_t callback, uint64_t arg, uint64_t watch, int err);

/* radosmem_iter returns an iterator over pairs, which it copies: each has the length of the key, the
 * key, a NUL, the length of the value, the value and a NUL. */
void *radosmem_iter(const void *pairs, size_t len);

#endif
