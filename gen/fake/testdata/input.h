#include <stddef.h>
#include <stdint.h>
#include <sys/time.h>
#include <time.h>

typedef void *rados_t;
typedef void *rados_write_op_t;
typedef void *rados_completion_t;
typedef uint64_t rados_snap_t;
struct hidden_t;
struct stat_t { uint64_t size; };
typedef void (*callback_t)(void *arg);

/* inputs */
void rados_in_nothing(void);
int rados_in_texts(rados_t cluster, const char *name, char *address);
int64_t rados_in_bytes(rados_t cluster, const char *cmp_buf, size_t cmp_len, uint64_t off);
int rados_in_apart(rados_t cluster, const char *key, uint8_t how, const char *val, size_t key_len, size_t val_len);
int rados_in_lists(rados_t cluster, int argc, const char **argv, const char *dict);
int rados_in_numbers(rados_t cluster, rados_snap_t *snaps, int num_snaps);
int rados_in_duration(rados_t cluster, struct timeval *duration);
int rados_in_hostile(rados_t cluster, const char *text, const char *bytes, size_t bytes_len, int c, int ret);

/* outputs */
int rados_out_structs(rados_t cluster, struct stat_t *st, time_t *time, struct timespec *exact);
int rados_out_text(rados_t cluster, char *buf, size_t len);
int rados_out_list(rados_t cluster, char *buf, size_t len);
int rados_out_bytes(rados_t cluster, char *buf, size_t len);
int rados_out_slice(rados_t cluster, rados_snap_t *snaps, int maxlen);
int rados_out_fitting(rados_t cluster, char *keys, size_t *keys_len, char *value, size_t *value_len);
int rados_out_map(rados_t cluster, char *keys, size_t *key_len, char *values, size_t *vals_len);
int rados_out_owned(rados_t cluster, char **out, size_t *outlen, char **text);
uint32_t rados_out_none(rados_t cluster);

/* steps */
void rados_step_exec(rados_write_op_t op, const char *in_buf, size_t in_len, int *prval);
void rados_step_bytes(rados_write_op_t op, const char *in_buf, size_t in_len, char *out_buf, size_t out_len, size_t *used_len, int *prval);
void rados_step_sums(rados_write_op_t op, uint64_t offset, char *sums, size_t sums_len, int *prval);
void rados_step_owned(rados_write_op_t op, char **out_buf, size_t *out_len, int *prval);
void rados_step_structs(rados_write_op_t op, uint64_t *psize, struct timespec *pmtime, int *prval);
void rados_step_pairs(rados_write_op_t op, char const *const *keys, char const *const *vals, const size_t *key_lens, const size_t *val_lens, size_t num);
void rados_step_keys(rados_write_op_t op, char const *const *keys, const size_t *key_lens, size_t num);

/* by another entry of the spec */
int rados_older(rados_t cluster, char *buf, size_t len);

/* undefined */
int rados_no_known(rados_t cluster, struct hidden_t *h);
int rados_no_value(rados_t cluster, struct stat_t st);
int rados_no_volatile(rados_t cluster, volatile uint64_t *n);
int rados_no_dims(rados_t cluster, uint8_t id[16]);
int rados_no_array(rados_t cluster, const rados_snap_t *snaps);
int rados_no_pairs(rados_t cluster, char const *const *keys, const size_t *lens, size_t n);
int rados_no_completion(rados_completion_t c);
int rados_no_callback(rados_t cluster, callback_t cb, void *arg);
void rados_no_step(rados_write_op_t op, rados_t *cluster, int *prval);
void rados_no_mix(rados_write_op_t op, uint64_t *size, char **buf, size_t *buf_len, int *prval);
rados_t rados_no_object(void);

/* hand-written */
int rados_by_hand(rados_t cluster);

/* tasks */
int rados_in_everything(rados_t cluster, const char *name, const char *buf, size_t buf_len, uint64_t off, rados_snap_t *out);
int rados_aio_in_everything(rados_t cluster, const char *name, rados_completion_t c, const char *buf, size_t buf_len, uint64_t off, rados_snap_t *out);
int rados_aio_by_hand(rados_t cluster, rados_completion_t c);
int rados_aio_out_none(rados_completion_t c, rados_t cluster, const char *other);
