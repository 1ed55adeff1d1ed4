#define _GNU_SOURCE
#include "strerror.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

void gorados_errno_text(int code, char *text, size_t size)
{
	locale_t english = newlocale(LC_ALL_MASK, "C", (locale_t)0);

	snprintf(text, size, "%s", english ? strerror_l(code, english) : "");
	if (english)
		freelocale(english);
}
