/* The part that the C subjects share: they execute one command a line, as
 * bench/round.go does, and reply with the results. A program adds drive(). */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <rados/librados.h>

enum kind {
	READ,
	WRITE,
	STAT,
	SET_OMAP,
	LIST_OMAP,
	LIST_OBJECTS,
	LIST_PARALLEL,
	SCAN_OMAP,
	NOTIFY,
	GET,
	PUT,
};
static const char *const kinds[] = {"read", "write", "stat", "setomap", "listomap",
				    "listobjects", "listparallel", "scanomap", "notify", "get", "put"};
enum {
	KINDS = sizeof kinds / sizeof *kinds,
	PAIRS = 4,
	PAGE = 1024,
	MOST = 10000,
};

static struct round {
	enum kind kind;
	size_t size;
	int depth, objects;
	uint64_t deadline;
	uint64_t claimed; /* operations that have begun */
} round_;

static rados_ioctx_t io;
static char names[MOST][32]; /* of objects */

static inline uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* buffer returns a buffer of round_.size bytes whose pages are resident, so that page
 * faults do not count. */
static char *buffer(void)
{
	char *buf = malloc(round_.size + 1);

	if (!buf)
		abort();
	return memset(buf, 1, round_.size + 1);
}

static void fail(const char *what, int code)
{
	printf("failed %s: %s\n", what, strerror(-code));
	exit(1);
}

static inline void check(const char *what, int code)
{
	if (code < 0)
		fail(what, code);
}

/* Latencies: 32 buckets for each power of two, as in histogram.go. */
enum {
	BITS = 5,
	BUCKETS = 64 << BITS,
};
static uint64_t histogram[BUCKETS];

static inline void record(uint64_t began)
{
	uint64_t ns = now() - began;
	int e = ns >> BITS ? 63 - BITS - __builtin_clzll(ns) : 0;
	uint64_t bucket = ns >> BITS ? ((uint64_t)e << BITS) + (ns >> e) : ns;

	__atomic_fetch_add(&histogram[bucket], 1, __ATOMIC_RELAXED);
}

static uint64_t quantile(uint64_t total, double q)
{
	uint64_t seen = 0;

	for (uint64_t b = 0; b < BUCKETS; b++) {
		seen += histogram[b];
		if (seen > 0 && seen >= q * total) {
			int e = b >> BITS > 1 ? (int)(b >> BITS) - 1 : 0;
			return (b - ((uint64_t)e << BITS)) << e;
		}
	}
	return 0;
}

/* claim returns the object of the next operation, or NULL after the deadline, except for
 * the first operation of the round. */
static inline const char *claim(uint64_t at)
{
	if (at >= round_.deadline && __atomic_load_n(&round_.claimed, __ATOMIC_RELAXED) > 0)
		return NULL;
	return names[__atomic_fetch_add(&round_.claimed, 1, __ATOMIC_RELAXED) % (uint64_t)round_.objects];
}

static inline void set_omap(rados_write_op_t op)
{
	static const char *const keys[PAIRS] = {"snapshot_0", "snapshot_1", "snapshot_2", "snapshot_3"};
	static const char value[100];
	static const char *const values[PAIRS] = {value, value, value, value};
	static const size_t key_lens[PAIRS] = {10, 10, 10, 10}, value_lens[PAIRS] = {100, 100, 100, 100};

	rados_write_op_omap_set2(op, keys, values, key_lens, value_lens, PAIRS);
}

/* drain reads a page of an omap and frees it. It copies the last key to last. */
static inline void drain(rados_omap_iter_t iter, char last[64])
{
	char *key, *value, *before = NULL;
	size_t key_len, value_len;

	for (;; before = key) {
		check("omap", rados_omap_get_next2(iter, &key, &value, &key_len, &value_len));
		if (!key)
			break;
	}
	if (before)
		strcpy(last, before);
	rados_omap_get_end(iter);
}

/* drive calls start when it is ready, keeps round_.depth operations in flight until the
 * deadline, calls record for each, and returns when all have completed. */
static void drive(void);

static uint64_t started;
static struct rusage before;

static uint64_t cpu(const struct rusage *u)
{
	return (uint64_t)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1000000 + (uint64_t)(u->ru_utime.tv_usec + u->ru_stime.tv_usec);
}

static long switches(const struct rusage *u)
{
	return u->ru_nvcsw + u->ru_nivcsw;
}

static void start(void)
{
	getrusage(RUSAGE_SELF, &before);
	started = now();
	round_.deadline += started;
}

static void execute(const char *line)
{
	char kind[32];
	uint64_t millis, total = 0, took;
	struct rusage after;
	const char *prefix;

	if (sscanf(line, "%31s %zu %d %lu %d", kind, &round_.size, &round_.depth, &millis, &round_.objects) != 5)
		fail(line, -EINVAL);
	for (round_.kind = 0; strcmp(kinds[round_.kind], kind); round_.kind++)
		if (round_.kind == KINDS - 1)
			fail(kind, -EINVAL);
	prefix = "data";
	if (round_.kind == SET_OMAP)
		prefix = "set";
	else if (round_.kind == LIST_OMAP)
		prefix = "list";
	else if (round_.kind == SCAN_OMAP)
		prefix = "scan";
	for (int i = 0; i < round_.objects; i++)
		snprintf(names[i], sizeof names[i], "%s-%zu-%d", prefix, round_.size, i);
	memset(histogram, 0, sizeof histogram);
	round_.claimed = 0;
	round_.deadline = millis * 1000000;
	drive();
	took = now() - started;
	getrusage(RUSAGE_SELF, &after);
	for (int b = 0; b < BUCKETS; b++)
		total += histogram[b];
	printf("ok %lu %lu %lu %lu %lu %ld 0 0\n", total, took, cpu(&after) - cpu(&before), quantile(total, 0.5),
	       quantile(total, 0.99), switches(&after) - switches(&before));
	malloc_trim(0);
}

int main(int argc, char **argv)
{
	rados_t cluster;
	char *line = NULL;
	size_t cap = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 3)
		fail("usage: CONF POOL", -EINVAL);
	check("rados_create", rados_create(&cluster, "admin"));
	check(argv[1], rados_conf_read_file(cluster, argv[1]));
	check("CEPH_ARGS", rados_conf_parse_env(cluster, NULL));
	check("rados_connect", rados_connect(cluster));
	check(argv[2], rados_ioctx_create(cluster, argv[2], &io));
	printf("ready\n");
	while (getline(&line, &cap, stdin) > 0)
		execute(line);
	free(line);
	rados_ioctx_destroy(io);
	rados_shutdown(cluster);
	return 0;
}
