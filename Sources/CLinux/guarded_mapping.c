// A page of a mapped file that lies behind the file's end raises SIGBUS when it is touched: somebody has truncated the
// file meanwhile. The handler here puts zeros in its place, notes the mapping as torn, and lets the instruction go on;
// who reads asks afterwards, and throws. Signals that are not about guarded memory go to the handler that was there
// before.
//
// A handler may use no lock and no allocation, so the mappings stand in a table of fixed size: as many as Linux lets a
// process have (vm.max_map_count is 65530 by default). It is zero memory until it is used.
#define _GNU_SOURCE
#include "linux_calls.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CAPACITY = 1 << 16 };

typedef struct {
  // 0 while the entry is free or being made.
  _Atomic uintptr_t start;
  _Atomic size_t count;
  atomic_int is_torn;
} Guard;

static Guard guards[CAPACITY];
static atomic_int used;  // entries below this have been used
static int free_entries[CAPACITY];
static int free_count;
static pthread_mutex_t changing = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t installing = PTHREAD_ONCE_INIT;
static struct sigaction previous;
static uintptr_t page_size;
static int is_installed;

static Guard *guard_of(uintptr_t address) {
  const int end = atomic_load(&used);
  for (int i = 0; i < end; i++) {
    const uintptr_t start = atomic_load(&guards[i].start);
    if (start != 0 && address >= start && address - start < atomic_load(&guards[i].count)) return &guards[i];
  }
  return NULL;
}

static void pass_on(int signal_number, siginfo_t *info, void *context) {
  if (previous.sa_flags & SA_SIGINFO) {
    previous.sa_sigaction(signal_number, info, context);
  } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
    previous.sa_handler(signal_number);
  } else {
    // The instruction runs again and meets the default.
    signal(signal_number, SIG_DFL);
  }
}

static void on_bus_error(int signal_number, siginfo_t *info, void *context) {
  const int code = errno;
  const uintptr_t address = (uintptr_t)info->si_addr;
  Guard *guard = info->si_code == BUS_ADRERR ? guard_of(address) : NULL;
  if (guard != NULL) {
    const uintptr_t page = address / page_size * page_size;
    const uintptr_t end = atomic_load(&guard->start) + atomic_load(&guard->count);
    void *zeros = mmap((void *)page, end - page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (zeros != MAP_FAILED) {
      atomic_store(&guard->is_torn, 1);
      errno = code;
      return;
    }
  }
  errno = code;
  pass_on(signal_number, info, context);
}

static void install(void) {
  page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
  struct sigaction action = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigemptyset(&action.sa_mask);
  is_installed = sigaction(SIGBUS, &action, &previous) == 0;
}

int linux_guard_mapping(const void *address, size_t count) {
  pthread_once(&installing, install);
  if (!is_installed) return -1;
  pthread_mutex_lock(&changing);
  int entry = -1;
  if (free_count > 0) {
    entry = free_entries[--free_count];
  } else if (atomic_load(&used) < CAPACITY) {
    entry = atomic_fetch_add(&used, 1);
  }
  if (entry >= 0) {
    atomic_store(&guards[entry].is_torn, 0);
    atomic_store(&guards[entry].count, count);
    atomic_store(&guards[entry].start, (uintptr_t)address);
  }
  pthread_mutex_unlock(&changing);
  return entry;
}

int linux_mapping_is_torn(int guard) {
  return guard >= 0 && atomic_load_explicit(&guards[guard].is_torn, memory_order_relaxed);
}

void linux_release_guard(int guard) {
  if (guard < 0) return;
  pthread_mutex_lock(&changing);
  atomic_store(&guards[guard].start, 0);
  free_entries[free_count++] = guard;
  pthread_mutex_unlock(&changing);
}
