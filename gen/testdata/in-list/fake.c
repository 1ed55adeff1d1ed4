#define _GNU_SOURCE
#include <rados/librados.h>

#include <string.h>

/* Each returns the sum of the lengths, and 100 for each text. */
int rados_join(rados_t cluster, const char **words, int number)
{
	int sum = 0;

	(void)cluster;
	for (int i = 0; i < number; i++)
		sum += 100 + (int)strlen(words[i]);
	return sum;
}

int rados_join_all(rados_t cluster, char *const *words)
{
	int sum = 0;

	(void)cluster;
	for (; *words; words++)
		sum += 100 + (int)strlen(*words);
	return sum;
}

int rados_join_packed(rados_t cluster, const char *words, size_t size)
{
	int sum = 0;

	(void)cluster;
	for (const char *end = words + size; words < end; words += strlen(words) + 1)
		sum += 100 + (int)strlen(words);
	return sum;
}

int rados_join_ended(rados_t cluster, const char *words)
{
	int sum = 0;

	(void)cluster;
	for (; *words; words += strlen(words) + 1)
		sum += 100 + (int)strlen(words);
	return sum;
}
