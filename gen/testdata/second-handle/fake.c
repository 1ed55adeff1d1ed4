#define _GNU_SOURCE
#include <rados/librados.h>

#include <stdlib.h>
#include <string.h>

struct rados_guest {
	char *name;
};

int rados_guest_arrive(rados_t cluster, const char *name, struct rados_guest **guest)
{
	(void)cluster;
	*guest = malloc(sizeof **guest);
	(*guest)->name = strdup(name);
	return 0;
}

int rados_guest_leave(struct rados_guest *guest)
{
	free(guest->name);
	free(guest);
	return 0;
}

int rados_guest_rename(struct rados_guest *guest, const char *name)
{
	free(guest->name);
	guest->name = strdup(name);
	return 0;
}

int rados_guest_greet(rados_t cluster, const rados_guest_alias_t *guest)
{
	(void)cluster;
	return strcmp(guest->name, "Bo") ? -1 : 0;
}

int rados_guest_meet(struct rados_guest *guest, rados_guest_alias_t *friend)
{
	return strcmp(guest->name, "Bo") || strcmp(friend->name, "Cy") ? -1 : 0;
}
