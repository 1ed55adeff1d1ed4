/* The subject "C threads": a thread for each operation in flight, and blocking calls. */
#include "whole.h"

static pthread_barrier_t ready, go;

static void perform(const char *oid, char *buf)
{
	uint64_t size;
	time_t mtime;

	switch (round_.kind) {
	case READ:
		check("rados_read", rados_read(io, oid, buf, round_.size, 0));
		break;
	case WRITE:
		check("rados_write", rados_write(io, oid, buf, round_.size, 0));
		break;
	case STAT:
		check("rados_stat", rados_stat(io, oid, &size, &mtime));
		break;
	case SET_OMAP: {
		rados_write_op_t op = rados_create_write_op();
		set_omap(op);
		check("rados_write_op_operate", rados_write_op_operate(op, io, oid, NULL, 0));
		rados_release_write_op(op);
		break;
	}
	case LIST_OMAP:
	case SCAN_OMAP:
		scan_omap(oid);
		break;
	case LIST_OBJECTS:
		list_objects();
		break;
	case LIST_PARALLEL:
		list_parallel();
		break;
	case NOTIFY:
		notify(oid);
		break;
	case GET:
		get(oid, buf);
		break;
	case PUT:
		put(oid, buf);
	}
}

static void *work(void *unused)
{
	char *buf = buffer();
	const char *oid;
	uint64_t began;

	(void)unused;
	pthread_barrier_wait(&ready);
	pthread_barrier_wait(&go);
	while ((oid = claim(began = now()))) {
		perform(oid, buf);
		record(began);
	}
	free(buf);
	return NULL;
}

static void drive(void)
{
	int count = round_.kind == LIST_PARALLEL ? 1 : round_.depth;
	pthread_t *threads = calloc((size_t)count, sizeof *threads);
	uint64_t *watches = round_.kind == NOTIFY ? watch_all() : NULL;

	pthread_barrier_init(&ready, NULL, (unsigned)count + 1);
	pthread_barrier_init(&go, NULL, (unsigned)count + 1);
	for (int i = 0; i < count; i++)
		check("pthread_create", -pthread_create(&threads[i], NULL, work, NULL));
	pthread_barrier_wait(&ready);
	start();
	pthread_barrier_wait(&go);
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&ready);
	pthread_barrier_destroy(&go);
	free(threads);
	if (watches)
		unwatch_all(watches);
}
