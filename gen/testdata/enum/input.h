typedef enum { RADOS_MOOD_GOOD, RADOS_MOOD_BAD } rados_mood_t;
int rados_set_mood(rados_t cluster, rados_mood_t mood);
