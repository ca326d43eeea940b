#define _GNU_SOURCE
#include "linux_calls.h"

#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int linux_core_count(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
}

int linux_start_writeback(int descriptor, int64_t offset, int64_t count) {
  return sync_file_range(descriptor, offset, count, SYNC_FILE_RANGE_WRITE);
}

int linux_sync_file_system(int descriptor) { return syncfs(descriptor); }

// glibc has no wrapper, and the kernel headers it is built with may be older than the kernel (Linux 5.6).
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

int linux_open_without_links(const char *path, int flags) {
  struct {
    uint64_t flags, mode, resolve;
  } how = {.flags = (uint64_t)flags, .mode = 0, .resolve = 0x04 /* RESOLVE_NO_SYMLINKS */};
  return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
}

int linux_rename_no_replace(const char *path, const char *new_path) {
  return renameat2(AT_FDCWD, path, AT_FDCWD, new_path, RENAME_NOREPLACE);
}

int linux_rename_exchange(const char *path, const char *new_path) {
  return renameat2(AT_FDCWD, path, AT_FDCWD, new_path, RENAME_EXCHANGE);
}

int linux_map_large_blocks(size_t least) {
#ifdef __GLIBC__
  return mallopt(M_MMAP_THRESHOLD, (int)least);
#else
  (void)least;
  return 0;
#endif
}

void linux_describe_error(int code, char *text, size_t capacity) {
  const char *message = strerror_r(code, text, capacity);
  if (message != text) snprintf(text, capacity, "%s", message);
}
