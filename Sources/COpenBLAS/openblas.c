#include "openblas.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static openblas_functions functions;
// A copy: what dlerror returns is overwritten by the next failure.
static char failure[256];

static const char *const names[] = {
#define OPENBLAS_NAME(name) #name,
    OPENBLAS_FUNCTIONS(OPENBLAS_NAME)};

enum { COUNT = sizeof names / sizeof *names };
_Static_assert(sizeof functions == COUNT * sizeof(void *), "one pointer for each name");

static void load(void) {
  void *library = dlopen("libopenblas.so.0", RTLD_LAZY | RTLD_LOCAL);
  if (!library) library = dlopen("libopenblas.so", RTLD_LAZY | RTLD_LOCAL);
  for (size_t i = 0; library && i < COUNT; i++) {
    void *found = dlsym(library, names[i]);
    if (!found) library = NULL;
    memcpy((char *)&functions + i * sizeof found, &found, sizeof found);
  }
  if (library) {
    functions.openblas_set_num_threads(1);
  } else {
    const char *reason = dlerror();
    snprintf(failure, sizeof failure, "%s", reason && *reason ? reason : "it cannot be loaded");
  }
}

const openblas_functions *openblas_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return *failure ? NULL : &functions;
}

const char *openblas_failure(void) { return failure; }
