#define _GNU_SOURCE
#include <rados/librados.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Person 0 does not exist, and person 2 has nothing. */
int rados_citizen_get(rados_t cluster, uint64_t id, rados_citizen_t *citizen, size_t size)
{
	(void)cluster;
	if (size != sizeof *citizen)
		return -ERANGE;
	if (id != 1)
		return id == 0 ? -ENOENT : 0;
	citizen->name = strdup("Ada");
	memcpy(citizen->initials, "ABCD", 4); /* no NUL */
	citizen->pulse = LIBRADOS_AWAKE;
	citizen->tall = 1;
	citizen->fond = -1;
	citizen->born = -5;
	citizen->seen.tv_sec = 7;
	citizen->seen.tv_nsec = 8;
	citizen->span.first = 1;
	citizen->span.last = UINT64_MAX;
	citizen->photo_size = 3;
	citizen->photo = malloc(3);
	memcpy(citizen->photo, "a\0b", 3);
	citizen->homes_count = 2;
	citizen->homes = calloc(2, sizeof *citizen->homes);
	citizen->homes[0].street = strdup("High Street");
	citizen->homes[0].number = -1;
	citizen->names_count = 2;
	citizen->names = malloc(4);
	memcpy(citizen->names, "B\0\0", 3); /* "B" and "" */
	return 0;
}

void rados_citizen_clean(rados_citizen_t *citizen)
{
	for (uint32_t i = 0; i < citizen->homes_count; i++)
		free(citizen->homes[i].street);
	free(citizen->homes);
	free(citizen->names);
	free(citizen->photo);
	free(citizen->name);
}

/* Story 0 does not exist, and story 2 is empty. */
int rados_story_get(rados_t cluster, int number, rados_story_t *story)
{
	(void)cluster;
	if (number != 1)
		return number == 0 ? -ENOENT : 0;
	story->title = strdup("Walden");
	story->home.street = strdup("Pond");
	story->home.number = 1;
	story->pages_size = 2;
	story->pages = malloc(2);
	memcpy(story->pages, "a", 2);
	story->homes_count = 2;
	story->homes = calloc(2, sizeof *story->homes);
	story->homes[1].street = strdup("Main Street");
	return 0;
}
