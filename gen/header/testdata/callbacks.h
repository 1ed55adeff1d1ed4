#include <stdint.h>
typedef void *rados_completion_t;
typedef void (*rados_callback_t)(rados_completion_t cb, void *arg);
typedef const char *(*rados_namer_t)(void);
typedef int (*rados_filter_t)(uint8_t, const char *const *names);
int rados_call(rados_callback_t cb, rados_filter_t filter, void *arg);
