#define _GNU_SOURCE
#include <rados/librados.h>

#include <errno.h>
#include <string.h>

int rados_outer_check(rados_t cluster, rados_outer_t outer)
{
	(void)cluster;
	return outer.a.val == 3 && outer.b.val == UINT64_MAX ? 0 : -EIO;
}

static int is_known(const rados_secret_t *s)
{
	return s->kind == -4 && s->phrase_size == 3 && !memcmp(s->phrase, "a\0b", 3) && s->hidden && !strcmp(s->label, "1234567") &&
		!strcmp(s->note, "text") && s->since == 5 && s->until.tv_sec == 6 && s->until.tv_nsec == 7;
}

int rados_secret_set(rados_t cluster, rados_secrets_t secret, size_t secret_size)
{
	(void)cluster;
	return secret_size == sizeof(rados_secret_t) && is_known(secret) ? 0 : -EIO;
}

int rados_secret_list(rados_t cluster, const rados_secret_t *secrets, int number)
{
	(void)cluster;
	for (int i = 0; i < number; i++)
		if (!is_known(secrets + i))
			return -EIO;
	return number == 20 || number == 0 ? 0 : -EDOM;
}
