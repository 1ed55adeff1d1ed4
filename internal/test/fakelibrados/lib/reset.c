/* fake_reset. Part of librados.c. */

void fake_reset(void)
{
	pthread_mutex_lock(&lock);
	reset_functions();
	memset(live, 0, sizeof live);
	reset_steps();
	pieces = false;
	bounces = false;
	reset_watches();
	reset_monitors();
	fake_unterminated(0);
	resets++;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}
