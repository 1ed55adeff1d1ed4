typedef struct { size_t word_length; char *word; } rados_words_t;
int rados_say_words(rados_t cluster, size_t number, rados_words_t *words);
