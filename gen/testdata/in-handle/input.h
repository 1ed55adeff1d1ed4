#include <stddef.h>
#include <stdint.h>
#include <time.h>
typedef void *rados_ioctx_t;
typedef void *rados_belt_t;
int rados_belt_make(rados_ioctx_t io, rados_belt_t *belt);
void rados_belt_end(rados_belt_t belt);
int rados_belt_set_speed(rados_belt_t belt, unsigned int speed);
int rados_belt_read(rados_belt_t belt, const char *soid, char *buf, size_t len);
int rados_belt_write(rados_belt_t belt, const char *soid, const char *buf, size_t len);
int rados_belt_join(rados_ioctx_t from, rados_ioctx_t to, const char *soid, rados_belt_t belt);
int rados_belt_stat(rados_belt_t belt, const char *soid, time_t *mtime);
