/* Loaded before libc (LD_PRELOAD) to refuse threads, as a limit of the user or the container does.
 *
 *   SEGUE_THREADS=N   at most N threads run at once, beside the first; another one fails with EAGAIN */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

typedef int (*Create)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

struct Work {
  void* (*run)(void*);
  void* argument;
};

static atomic_long running;

static void* run_and_count(void* given) {
  struct Work work = *(struct Work*)given;
  free(given);
  void* result = work.run(work.argument);
  atomic_fetch_sub(&running, 1);
  return result;
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*), void* argument) {
  const char* most = getenv("SEGUE_THREADS");
  if (most && atomic_fetch_add(&running, 1) >= atol(most)) {
    atomic_fetch_sub(&running, 1);
    return EAGAIN;
  }
  if (!most) return ((Create)dlsym(RTLD_NEXT, "pthread_create"))(thread, attributes, run, argument);
  struct Work* work = malloc(sizeof *work);
  *work = (struct Work){run, argument};
  return ((Create)dlsym(RTLD_NEXT, "pthread_create"))(thread, attributes, run_and_count, work);
}
