#define _GNU_SOURCE
#include "linux_calls.h"

#include <sys/mman.h>
#include <sys/resource.h>

int64_t linux_count_faults(const void *address, size_t count) {
  // A page that has to come from the disk first had better be read.
  unsigned char is_cached = 0;
  if (mincore((void *)address, 1, &is_cached) != 0 || !(is_cached & 1)) return -1;
  struct rusage before, after;
  if (getrusage(RUSAGE_THREAD, &before) != 0) return -1;
  const volatile char *bytes = address;
  (void)bytes[0], (void)bytes[count / 8 * 3], (void)bytes[count / 2], (void)bytes[count - 1];
  if (getrusage(RUSAGE_THREAD, &after) != 0 || after.ru_majflt != before.ru_majflt) return -1;
  return after.ru_minflt - before.ru_minflt;
}
