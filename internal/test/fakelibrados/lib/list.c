/* Listings of objects. Part of librados.c.
 *
 * The answers of rados_nobjects_list_next2 are a name, a locator and a namespace for each object. A
 * position is the number of an object. The strings that a call of it returns are freed by the next
 * call, and with the listing. As in the real library, which has more objects in its list after an error, the
 * call after one that failed passes over an object, unless a position is set in between.
 */

/* drop_entry frees the strings that the last call returned. */
static void drop_entry(struct object *listing)
{
	poison_blobs(listing->parts, listing->count);
	listing->parts = NULL;
	listing->count = 0;
}

/* take_entry copies the three strings of the next object, and reports whether there is one. */
static bool take_entry(struct call *c)
{
	struct object *listing = c->object;

	drop_entry(listing);
	listing->next += listing->failed;
	listing->failed = false;
	if (listing->next < 0 || listing->next >= c->f->answer_count / 3)
		return false;
	listing->parts = calloc(3, sizeof *listing->parts);
	listing->count = 3;
	for (int i = 0; i < 3; i++) {
		const struct blob *a = answer(c, 3 * listing->next + i);
		append(&listing->parts[i], a->p, a->len);
	}
	listing->next++;
	return true;
}

static int quick_list_next(struct quick_iter *it, const char **entry, const char **key, const char **nspace, size_t *entry_size, size_t *key_size, size_t *nspace_size)
{
	if (it->next == it->end)
		return -ENOENT;
	*entry = quick_keys[it->next++];
	*entry_size = QUICK_KEY_LEN;
	*key = NULL;
	*nspace = "";
	*key_size = *nspace_size = 0;
	return 0;
}

static int quick_list_open(rados_list_ctx_t *ctx)
{
	struct quick_iter *it = calloc(1, sizeof *it);

	it->end = QUICK_KEYS;
	*ctx = it;
	return 0;
}

int rados_nobjects_list_open(rados_ioctx_t io, rados_list_ctx_t *ctx)
{
	QUICK(quick_list_open(ctx));
	struct call c = enter(__func__, io, IOCTX);
	if (proceed(&c))
		*ctx = make(LISTING, c.object, 0);
	return (int)leave(&c, 0);
}

int rados_nobjects_list_next2(rados_list_ctx_t ctx, const char **entry, const char **key, const char **nspace, size_t *entry_size, size_t *key_size, size_t *nspace_size)
{
	QUICK(quick_list_next(ctx, entry, key, nspace, entry_size, key_size, nspace_size));
	struct call c = enter(__func__, ctx, LISTING);
	int ret = -ENOENT;
	if (!proceed(&c)) {
		drop_entry(c.object);
		c.object->failed = true;
	} else if (take_entry(&c)) {
		struct blob *part = c.object->parts;
		ret = 0;
		*entry = part[0].p;
		*key = part[1].len > 0 ? part[1].p : NULL; /* as in the real library */
		*nspace = part[2].p;
		*entry_size = part[0].len;
		*key_size = part[1].len;
		*nspace_size = part[2].len;
	}
	return (int)leave(&c, ret);
}

uint32_t rados_nobjects_list_seek(rados_list_ctx_t ctx, uint32_t pos)
{
	struct call c = enter(__func__, ctx, LISTING);
	arg_number(&c, pos);
	proceed(&c);
	c.object->next = (int)pos;
	c.object->failed = false;
	return (uint32_t)leave(&c, pos);
}

uint32_t rados_nobjects_list_get_pg_hash_position(rados_list_ctx_t ctx)
{
	QUICK(0);
	struct call c = enter(__func__, ctx, LISTING);
	proceed(&c);
	return (uint32_t)leave(&c, c.object->next);
}

int rados_nobjects_list_get_cursor(rados_list_ctx_t ctx, rados_object_list_cursor *cursor)
{
	struct call c = enter(__func__, ctx, LISTING);
	int at = c.object->next;

	if (proceed(&c)) {
		struct object *made = make(CURSOR, c.object->parent, 0);
		made->next = at - (at > 0 && c.object->count > 0); /* that of the object that was returned last */
		*cursor = made;
	}
	return (int)leave(&c, 0);
}

uint32_t rados_nobjects_list_seek_cursor(rados_list_ctx_t ctx, rados_object_list_cursor cursor)
{
	struct call c = enter(__func__, ctx, LISTING);
	const struct object *o = check(c.f->name, cursor, CURSOR);

	proceed(&c);
	c.object->next = o->next;
	c.object->failed = false;
	return (uint32_t)leave(&c, o->next);
}

void rados_nobjects_list_close(rados_list_ctx_t ctx)
{
	QUICK(free(ctx));
	struct call c = enter(__func__, ctx, LISTING);
	proceed(&c);
	drop_entry(c.object);
	free_object(c.object);
	leave(&c, 0);
}
