#ifndef SYS_STATVFS_H
#define SYS_STATVFS_H

#include <sys/types.h>

struct statvfs;

#endif
