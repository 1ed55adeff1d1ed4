/* Slices of a pool. Part of librados.c.
 *
 * The answers of rados_object_list are a name, a namespace and a locator for each object. A cursor is
 * the number of an object; the one at the end comes after any.
 */

enum { CURSOR_END = INT_MAX };

static void *make_cursor(const char *function, rados_ioctx_t io, int at)
{
	struct call c = enter(function, io, IOCTX);
	struct object *cursor = make(CURSOR, c.object, 0);
	proceed(&c);
	cursor->next = at;
	leave(&c, 0);
	return cursor;
}

rados_object_list_cursor rados_object_list_begin(rados_ioctx_t io)
{
	return make_cursor(__func__, io, 0);
}

rados_object_list_cursor rados_object_list_end(rados_ioctx_t io)
{
	return make_cursor(__func__, io, CURSOR_END);
}

/* cursor_of returns a cursor, which must be one of the ioctx of the call. */
static struct object *cursor_of(struct call *c, void *cursor)
{
	struct object *o = check(c->f->name, cursor, CURSOR);

	if (o->parent != c->object)
		die("%s was given a cursor of another ioctx", c->f->name);
	return o;
}

void rados_object_list_cursor_free(rados_ioctx_t io, rados_object_list_cursor cur)
{
	struct call c = enter(__func__, io, IOCTX);
	proceed(&c);
	free_object(cursor_of(&c, cur));
	leave(&c, 0);
}

int rados_object_list_is_end(rados_ioctx_t io, rados_object_list_cursor cur)
{
	struct call c = enter(__func__, io, IOCTX);
	proceed(&c);
	return (int)leave(&c, cursor_of(&c, cur)->next == CURSOR_END);
}

int rados_object_list_cursor_cmp(rados_ioctx_t io, rados_object_list_cursor lhs, rados_object_list_cursor rhs)
{
	struct call c = enter(__func__, io, IOCTX);
	int l = cursor_of(&c, lhs)->next, r = cursor_of(&c, rhs)->next;
	proceed(&c);
	return (int)leave(&c, (l > r) - (l < r));
}

/* listed returns the number of objects. */
static int listed(void)
{
	return find("rados_object_list")->answer_count / 3;
}

void rados_object_list_slice(rados_ioctx_t io, const rados_object_list_cursor start, const rados_object_list_cursor finish, const size_t n, const size_t m, rados_object_list_cursor *split_start, rados_object_list_cursor *split_finish)
{
	struct call c = enter(__func__, io, IOCTX);
	size_t from = (size_t)cursor_of(&c, start)->next, to = (size_t)cursor_of(&c, finish)->next;
	bool all = to == CURSOR_END;
	arg_number(&c, (int64_t)n);
	arg_number(&c, (int64_t)m);
	proceed(&c);
	if (all)
		to = (size_t)listed();
	cursor_of(&c, *split_start)->next = (int)(from + (to - from) * n / m);
	cursor_of(&c, *split_finish)->next = all && n + 1 == m ? CURSOR_END : (int)(from + (to - from) * (n + 1) / m);
	leave(&c, 0);
}

/* give_part hands out an answer. An empty namespace or locator has no memory. */
static void give_part(struct call *c, int i, char **p, size_t *n)
{
	give_owned(c, i, p, n);
	if (*p && *n == 0 && i % 3 != 0) {
		free_object(buffer_of(*p));
		*p = NULL;
	}
}

int rados_object_list(rados_ioctx_t io, const rados_object_list_cursor start, const rados_object_list_cursor finish, const size_t result_size, const char *filter_buf, const size_t filter_buf_len, rados_object_list_item *results, rados_object_list_cursor *next)
{
	struct call c = enter(__func__, io, IOCTX);
	int at = cursor_of(&c, start)->next, to = cursor_of(&c, finish)->next, n = 0;
	arg_number(&c, (int64_t)result_size);
	arg_bytes(&c, filter_buf, filter_buf_len);
	memset(results, 0, result_size * sizeof *results);
	bool performs = proceed(&c);
	for (; performs && at < to && at < listed() && (size_t)n < result_size; at++, n++) {
		give_part(&c, 3 * at, &results[n].oid, &results[n].oid_length);
		give_part(&c, 3 * at + 1, &results[n].nspace, &results[n].nspace_length);
		give_part(&c, 3 * at + 2, &results[n].locator, &results[n].locator_length);
	}
	cursor_of(&c, *next)->next = !performs || at >= listed() ? CURSOR_END : at;
	return (int)leave(&c, n);
}

void rados_object_list_free(const size_t result_size, rados_object_list_item *results)
{
	for (size_t i = 0; i < result_size; i++) {
		char *parts[] = {results[i].oid, results[i].nspace, results[i].locator};
		for (int j = 0; j < 3; j++)
			if (parts[j])
				rados_buffer_free(parts[j]);
	}
	struct call c = enter(__func__, NULL, NONE);
	arg_number(&c, (int64_t)result_size);
	proceed(&c);
	leave(&c, 0);
}
