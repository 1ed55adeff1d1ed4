#include <sys/socket.h>
typedef struct { char *title; int64_t pages; } rados_tome_t;
int rados_tomes(rados_t cluster, rados_tome_t *tomes, size_t tome_size, size_t *number);
int rados_tomes_clean(rados_tome_t *tomes, size_t tome_size, size_t number);
int rados_tomes_again(rados_t cluster, rados_tome_t *tomes, int *number);
void rados_tomes_done(rados_tome_t *tomes);
int rados_tomes_of(rados_t cluster, int64_t shelf, rados_tome_t *tomes, int number);
typedef enum { LIBRADOS_LENT, LIBRADOS_HERE } rados_where_t;
int rados_readers(rados_t cluster, rados_where_t *where, char **readers, size_t *number);
void rados_readers_clean(char **readers, size_t number);
int rados_loans(rados_t cluster, const char *after, size_t max, char **ids, char **readers, rados_where_t *where, rados_tome_t *tomes, size_t *number);
void rados_loans_clean(char **ids, char **readers, rados_tome_t *tomes, size_t number);
int rados_census(rados_t cluster, rados_where_t *where, int *counts, size_t *number);
int rados_doors(rados_t cluster, struct sockaddr_storage *doors, int number);
int rados_days(rados_t cluster, int max, time_t *days, int *number);
