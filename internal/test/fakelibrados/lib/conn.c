/* Connections. Part of librados.c. */

void rados_version(int *major, int *minor, int *extra)
{
	struct call c = enter(__func__, NULL, NONE);
	proceed(&c);
	*major = 3;
	*minor = 1;
	*extra = 4;
	leave(&c, 0);
}

int rados_create(rados_t *cluster, const char *const id)
{
	struct call c = enter(__func__, NULL, NONE);
	arg_text(&c, id);
	if (proceed(&c))
		*cluster = make(CLUSTER, NULL, 0);
	return (int)leave(&c, 0);
}

int rados_create2(rados_t *cluster, const char *const clustername, const char *const name, uint64_t flags)
{
	struct call c = enter(__func__, NULL, NONE);
	arg_text(&c, clustername);
	arg_text(&c, name);
	arg_number(&c, (int64_t)flags);
	if (proceed(&c))
		*cluster = make(CLUSTER, NULL, 0);
	return (int)leave(&c, 0);
}

/* The configuration is the cluster itself. */
rados_config_t rados_cct(rados_t cluster)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	void *cct = proceed(&c) ? cluster : NULL;
	leave(&c, 0);
	return cct;
}

int rados_create_with_context(rados_t *cluster, rados_config_t cct)
{
	struct call c = enter(__func__, cct, CLUSTER);
	if (proceed(&c))
		*cluster = make(CLUSTER, NULL, 0);
	return (int)leave(&c, 0);
}

/* The second call with a cluster fails with EINPROGRESS in the real library, and if the first one
 * has read the addresses of the monitors it ends the process. */
int rados_connect(rados_t cluster)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	if (c.object->connect_called)
		die("%s is called a second time with a cluster", __func__);
	c.object->connect_called = c.object->connecting = true;
	proceed(&c);
	c.object->connecting = false;
	return (int)leave(&c, 0);
}

void rados_shutdown(rados_t cluster)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	proceed(&c);
	free_object(c.object);
	leave(&c, 0);
}

/* The arguments that do not begin with a dash are left over, and all from "--" on. The texts are
 * the caller's own. */
int rados_conf_parse_argv_remainder(rados_t cluster, int argc, const char **argv, const char **remargv)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	bool options = true;
	int n = 0;
	arg_texts(&c, argv, (size_t)argc);
	proceed(&c);
	for (int i = 0; i < argc; i++) {
		options = options && strcmp(argv[i], "--") != 0;
		if (!options || argv[i][0] != '-')
			remargv[n++] = argv[i];
	}
	while (n < argc)
		remargv[n++] = NULL;
	return (int)leave(&c, 0);
}

/* A monitor always answers with something: nothing is handed out only if a test told the function to
 * return 0, as the real library does without a key. */
int rados_ping_monitor(rados_t cluster, const char *mon_id, char **outstr, size_t *outstrlen)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	arg_text(&c, mon_id);
	if ((proceed(&c) || c.ret > 0) && c.f->answer_count == 0)
		append(&c.f->answers[c.f->answer_count++], "{}", 2);
	give_owned(&c, 0, outstr, outstrlen);
	return (int)leave(&c, 0);
}

int rados_service_register(rados_t cluster, const char *service, const char *daemon, const char *metadata_dict)
{
	struct call c = enter(__func__, cluster, CLUSTER);
	arg_text(&c, service);
	arg_text(&c, daemon);
	arg_dict(&c, metadata_dict);
	if (c.object->connecting)
		die("%s is called while the cluster connects, which may get lost", __func__);
	proceed(&c);
	return (int)leave(&c, 0);
}

void rados_buffer_free(char *buf)
{
	struct object *buffer = buffer_of(buf);
	struct call c = enter(__func__, buffer, BUFFER);
	proceed(&c);
	memset(buf, 0xdd, buffer->len); /* a caller that still reads it fails */
	free_object(c.object);
	leave(&c, 0);
}
