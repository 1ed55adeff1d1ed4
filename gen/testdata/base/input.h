#include <stdint.h>
#include <sys/types.h>
#include <time.h>
typedef void *rados_t;
typedef void *rados_ioctx_t;
typedef void *rados_walk_t;

int rados_open(rados_t *cluster);
int rados_go(rados_t cluster);
void rados_end(rados_t cluster);
void rados_io_end(rados_ioctx_t io);
int rados_peek(rados_t cluster, char **out, size_t *outlen);
void rados_give_back(char *buf);
int rados_walk(rados_ioctx_t io, rados_walk_t *walk);
void rados_walk_end(rados_walk_t walk);
