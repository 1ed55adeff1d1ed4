#ifndef FCNTL_H
#define FCNTL_H

#include <sys/types.h>

struct flock;

#endif
