typedef struct { size_t first_length; char *first; size_t last_length; char *last; } rados_person_t;
int rados_people(rados_t cluster, size_t number, rados_person_t *people);
void rados_people_free(const size_t number, rados_person_t *people);
int rados_page_of_people(rados_t cluster, size_t number, rados_person_t *people);
