/* The subject "C threads": a thread for each operation in flight, and blocking calls. */
#include "worker.h"

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
	case LIST_OMAP: {
		rados_read_op_t op = rados_create_read_op();
		rados_omap_iter_t iter;
		unsigned char more;
		int ret;
		rados_read_op_omap_get_vals2(op, "", "", PAGE, &iter, &more, &ret);
		check("rados_read_op_operate", rados_read_op_operate(op, io, oid, 0));
		drain(iter);
		rados_release_read_op(op);
	}
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
	pthread_t *threads = calloc((size_t)round_.depth, sizeof *threads);

	pthread_barrier_init(&ready, NULL, (unsigned)round_.depth + 1);
	pthread_barrier_init(&go, NULL, (unsigned)round_.depth + 1);
	for (int i = 0; i < round_.depth; i++)
		check("pthread_create", -pthread_create(&threads[i], NULL, work, NULL));
	pthread_barrier_wait(&ready);
	start();
	pthread_barrier_wait(&go);
	for (int i = 0; i < round_.depth; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&ready);
	pthread_barrier_destroy(&go);
	free(threads);
}
