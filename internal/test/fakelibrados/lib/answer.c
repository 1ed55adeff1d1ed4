/* What functions hand out: the answers that a test has given them. Part of librados.c. */

static const struct blob *answer(struct call *c, int i)
{
	static const struct blob none = {"", 0};

	return i < c->f->answer_count ? &c->f->answers[i] : &none;
}

/* give_struct fills a struct or a number of n bytes. */
static void give_struct(struct call *c, int i, void *p, size_t n)
{
	const struct blob *a = answer(c, i);

	memset(p, 0, n);
	memcpy(p, a->p, a->len < n ? a->len : n);
}

/* give_bytes fills a buffer that must be large enough, and returns the number of bytes or -ERANGE. */
static int64_t give_bytes(struct call *c, int i, char *buf, size_t len)
{
	const struct blob *a = answer(c, i);

	if (a->len > len)
		return -ERANGE;
	if (a->len > 0)
		memcpy(buf, a->p, a->len);
	return (int64_t)a->len;
}

static atomic_bool unterminated;

void fake_unterminated(int on)
{
	atomic_store(&unterminated, on);
}

/* give_text fills a buffer with a text and its NUL, and returns the length of the text or -too_small. */
static int give_text(const char *s, char *buf, size_t len, int too_small)
{
	size_t n = strlen(s);

	if (atomic_load(&unterminated)) {
		memset(buf, 'x', len);
		return (int)len;
	}
	if (n + 1 > len)
		return -too_small;
	memcpy(buf, s, n + 1);
	return (int)n;
}

/* give_terminated is give_text for a function that returns 0. */
static int give_terminated(const char *s, char *buf, size_t len, int too_small)
{
	int ret = give_text(s, buf, len, too_small);

	return ret < 0 ? ret : 0;
}

/* give_list fills a buffer with texts that each end with a NUL, as far as they fit, and returns
 * their size. The answer is the whole list. */
static int64_t give_list(struct call *c, int i, char *buf, size_t len)
{
	const struct blob *a = answer(c, i);

	memcpy(buf, a->p, a->len < len ? a->len : len);
	return (int64_t)a->len;
}

/* give_slice fills an array of at most n elements, and returns their number or -ERANGE. */
static int64_t give_slice(struct call *c, int i, void *p, size_t size, size_t n)
{
	const struct blob *a = answer(c, i);

	if (a->len / size > n)
		return -ERANGE;
	if (a->len > 0)
		memcpy(p, a->p, a->len / size * size);
	return (int64_t)(a->len / size);
}

/* fit_list is give_list for a buffer whose size is passed by reference: it stores the size of the
 * list there, and returns 0 or -ERANGE. */
static int fit_list(struct call *c, int i, char *buf, size_t *len)
{
	const struct blob *a = answer(c, i);
	bool fits = a->len <= *len;

	if (fits && a->len > 0)
		memcpy(buf, a->p, a->len);
	*len = a->len;
	return fits ? 0 : -ERANGE;
}

/* fit_text is fit_list for a text. The answer is the text without its NUL, which the size includes. */
static int fit_text(struct call *c, int i, char *buf, size_t *len)
{
	const struct blob *a = answer(c, i);
	int ret = give_text(a->p, buf, *len, ERANGE);

	*len = a->len + 1;
	return ret < 0 ? ret : 0;
}

/* give_owned hands out a buffer that the caller must free: none if there is no answer, one without
 * any bytes if the answer is empty. */
static void give_owned(struct call *c, int i, char **p, size_t *n)
{
	*p = NULL;
	*n = 0;
	if (i >= c->f->answer_count)
		return;
	*p = make_buffer(answer(c, i), 0)->data;
	*n = answer(c, i)->len;
}

/* give_owned_text hands out a text with its NUL that the caller must free. */
static void give_owned_text(struct call *c, int i, char **p)
{
	*p = make_buffer(answer(c, i), 1)->data;
}
