int rados_send_command(rados_t cluster, const char **cmd, size_t cmd_len);
