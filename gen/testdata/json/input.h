int rados_send_document(rados_t cluster, const char **cmd, size_t cmdlen);
