#include <dirent.h>
typedef struct { char *word; int page; } rados_entry_t;
rados_entry_t *rados_next_entry(rados_t cluster, int page);
struct dirent *rados_readdir(rados_t cluster, int entry);
int rados_first_entry(rados_t cluster, const rados_entry_t **entry);
