typedef struct { uint64_t val; } rados_inner_t;
typedef struct { rados_inner_t a, b; } rados_outer_t;
typedef struct { int kind; const char *phrase; size_t phrase_size; _Bool hidden; char label[8]; const char *note; time_t since; struct timespec until; } rados_secret_t;
typedef void *rados_secrets_t;
int rados_outer_check(rados_t cluster, rados_outer_t outer);
int rados_secret_set(rados_t cluster, rados_secrets_t secret, size_t secret_size);
int rados_secret_list(rados_t cluster, const rados_secret_t *secrets, int number);
