/* A library to be loaded before all others, which makes the wall clock wrong. The environment variable
 * MODELCHECK_CLOCK names a file with the number of seconds, an int64_t, which may change at any time. Go's own
 * clock stays right: it does not ask the C library.
 *
 * The kernel knows nothing of it, so the deadlines that are passed to it are corrected. libfaketime does not
 * correct those of pthread_cond_clockwait, which Ceph uses. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t none, *wrong = &none;

__attribute__((constructor)) static void clock_open(void)
{
	const char *path = getenv("MODELCHECK_CLOCK");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *shared = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *wrong, PROT_READ, MAP_SHARED, fd, 0);

	if (shared != MAP_FAILED)
		wrong = shared;
	if (fd >= 0)
		close(fd);
}

/* A function of the C library. It is looked up when it is needed: calls may come before clock_open. */
#define REAL(name)                                                         \
	({                                                                 \
		static __typeof__(&name) real;                             \
		if (!real)                                                 \
			real = (__typeof__(&name))dlsym(RTLD_NEXT, #name); \
		real;                                                      \
	})

int clock_gettime(clockid_t clock, struct timespec *now)
{
	int ret = REAL(clock_gettime)(clock, now);

	if (ret == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		now->tv_sec += *wrong;
	return ret;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	int ret = REAL(gettimeofday)(now, zone);

	if (ret == 0)
		now->tv_sec += *wrong;
	return ret;
}

time_t time(time_t *to)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (to)
		*to = now.tv_sec;
	return now.tv_sec;
}

/* right is the deadline for the kernel. Condition variables have one clock or the other: this one, or that of the
 * time since the machine was booted, which is far less. */
static struct timespec right(const struct timespec *deadline)
{
	struct timespec corrected = *deadline;

	if (corrected.tv_sec > 1000000000)
		corrected.tv_sec -= *wrong;
	return corrected;
}

int pthread_cond_timedwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex, const struct timespec *restrict deadline)
{
	struct timespec corrected = right(deadline);

	return REAL(pthread_cond_timedwait)(cond, mutex, &corrected);
}

int pthread_cond_clockwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex, clockid_t clock, const struct timespec *restrict deadline)
{
	struct timespec corrected = right(deadline);

	return REAL(pthread_cond_clockwait)(cond, mutex, clock, &corrected);
}
