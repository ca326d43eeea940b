// Preloaded into a command by tools/crash. Counts the calls that change files or make them durable; ends the process
// at one of them; writes down what they did.
//
//   TESSERA_CALLS_COUNTER  a file of 8 bytes for the count, which outlives the process
//   TESSERA_CALLS_KILL     the number of the call (from 1) instead of which the process is killed
//   TESSERA_CALLS_TEAR     set: when that call writes over the end of a page, what is before that is written first; within
//                          a page the kernel does not stop for a signal
//   TESSERA_CALLS_TRACE    a file for what was done, read by trace.py: lines of words, paths quoted as in URLs, and after
//                          a line `write INODE OFFSET COUNT` so many bytes
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t *counter;
static uint64_t kill_at;
static int tears;
static int trace = -1;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void set_up(void) {
  const char *path = getenv("TESSERA_CALLS_COUNTER");
  if (path) {
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
    void *mapped = mmap(NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED) abort();
    counter = mapped;
  }
  const char *number = getenv("TESSERA_CALLS_KILL");
  kill_at = number ? strtoull(number, NULL, 10) : 0;
  tears = getenv("TESSERA_CALLS_TEAR") != NULL;
  path = getenv("TESSERA_CALLS_TRACE");
  if (path) trace = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

// To be called with the lock, which is held until the call is done and written down.
static int is_last(void) { return counter && ++*counter == kill_at; }

static void end_if_last(void) {
  if (is_last()) syscall(SYS_kill, getpid(), SIGKILL);
}

static void put(const void *bytes, size_t count) {
  while (count > 0) {
    ssize_t done = syscall(SYS_write, trace, bytes, count);
    if (done <= 0) abort();
    bytes = (const char *)bytes + done;
    count -= (size_t)done;
  }
}

static void put_path(const char *path) {
  for (; *path; path++) {
    char text[4];
    int plain = *path > ' ' && *path < 127 && *path != '%';
    int count = plain ? (text[0] = *path, 1) : snprintf(text, sizeof text, "%%%02X", (unsigned char)*path);
    put(text, (size_t)count);
  }
}

static void note_paths(const char *call, const char *path, const char *other) {
  if (trace < 0) return;
  put(call, strlen(call));
  put(" ", 1);
  put_path(path);
  if (other) {
    put(" ", 1);
    put_path(other);
  }
  put("\n", 1);
}

static uint64_t inode(int descriptor) {
  struct stat status;
  return fstat(descriptor, &status) == 0 ? status.st_ino : 0;
}

static void note(const char *call, int descriptor, int64_t a, int64_t b) {
  if (trace < 0) return;
  char line[128];
  put(line, (size_t)snprintf(line, sizeof line, "%s %llu %lld %lld\n", call, (unsigned long long)inode(descriptor),
                             (long long)a, (long long)b));
}

static int opened(const char *path, int flags, mode_t mode) {
  if (!(flags & O_CREAT)) return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  pthread_mutex_lock(&lock);
  end_if_last();
  struct stat status;
  int is_new = lstat(path, &status) != 0;
  int result = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  int code = errno;
  if (result >= 0 && is_new && trace >= 0) {
    char call[32];
    snprintf(call, sizeof call, "create %llu", (unsigned long long)inode(result));
    note_paths(call, path, NULL);
  }
  pthread_mutex_unlock(&lock);
  errno = code;
  return result;
}

static mode_t mode_of(int flags, va_list arguments) {
  return flags & O_CREAT ? (mode_t)va_arg(arguments, int) : 0;
}

int open(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return opened(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return opened(path, flags | O_LARGEFILE, mode);
}

static ssize_t written(int descriptor, const void *bytes, size_t count, off_t offset) {
  pthread_mutex_lock(&lock);
  if (is_last()) {
    off_t end = (offset + (off_t)count / 2 + 4095) / 4096 * 4096;
    if (tears && end < offset + (off_t)count) syscall(SYS_pwrite64, descriptor, bytes, end - offset, offset);
    syscall(SYS_kill, getpid(), SIGKILL);
  }
  ssize_t result = syscall(SYS_pwrite64, descriptor, bytes, count, offset);
  int code = errno;
  if (result > 0 && trace >= 0) {
    note("write", descriptor, offset, result);
    put(bytes, (size_t)result);
  }
  pthread_mutex_unlock(&lock);
  errno = code;
  return result;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  return written(descriptor, bytes, count, offset);
}
ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
  return written(descriptor, bytes, count, offset);
}

// What the call does is in the last argument; it is written down when it succeeded.
#define COUNTED(result, noted) \
  pthread_mutex_lock(&lock);   \
  end_if_last();               \
  int done = (int)(result);    \
  int code = errno;            \
  if (done == 0) noted;        \
  pthread_mutex_unlock(&lock); \
  errno = code;                \
  return done

int ftruncate(int file, off_t size) { COUNTED(syscall(SYS_ftruncate, file, size), note("truncate", file, size, 0)); }
int ftruncate64(int file, off64_t size) { COUNTED(syscall(SYS_ftruncate, file, size), note("truncate", file, size, 0)); }
int fsync(int file) { COUNTED(syscall(SYS_fsync, file), note("sync", file, 0, 0)); }
int fdatasync(int file) { COUNTED(syscall(SYS_fdatasync, file), note("sync", file, 0, 0)); }
int syncfs(int file) { COUNTED(syscall(SYS_syncfs, file), note("syncall", file, 0, 0)); }

static void note_folder(const char *path) {
  struct stat status;
  char call[32];
  if (trace < 0 || lstat(path, &status) != 0) return;
  snprintf(call, sizeof call, "mkdir %llu", (unsigned long long)status.st_ino);
  note_paths(call, path, NULL);
}

int mkdir(const char *path, mode_t mode) { COUNTED(REAL(mkdir)(path, mode), note_folder(path)); }
int rmdir(const char *path) { COUNTED(REAL(rmdir)(path), note_paths("rmdir", path, NULL)); }
int unlink(const char *path) { COUNTED(REAL(unlink)(path), note_paths("unlink", path, NULL)); }
int link(const char *path, const char *new) { COUNTED(REAL(link)(path, new), note_paths("link", path, new)); }
int rename(const char *path, const char *new) { COUNTED(REAL(rename)(path, new), note_paths("rename", path, new)); }

int renameat2(int folder, const char *path, int other, const char *new, unsigned flags) {
  COUNTED(
      syscall(SYS_renameat2, folder, path, other, new, flags),
      note_paths(flags & RENAME_EXCHANGE ? "exchange" : "rename", path, new));
}
