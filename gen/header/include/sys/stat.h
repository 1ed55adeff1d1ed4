#ifndef SYS_STAT_H
#define SYS_STAT_H

#include <time.h>

struct stat;

#endif
