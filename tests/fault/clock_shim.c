/* Loaded before libc (LD_PRELOAD) to set the time of day off.
 *
 *   SEGUE_CLOCK_OFFSET=SECONDS   it is this much later, or earlier if negative
 *   SEGUE_CLOCK_FILE=FILE        and by the number of seconds in this file of 8 bytes (an int64 of this machine), read
 * at each call, so that the clock of a running process can jump */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t* jumped;

__attribute__((constructor)) static void map_file(void) {
  const char* path = getenv("SEGUE_CLOCK_FILE");
  if (!path) return;
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  void* const mapped = mmap(NULL, sizeof *jumped, PROT_READ, MAP_SHARED, file, 0);
  if (mapped == MAP_FAILED) {
    fprintf(stderr, "clock_shim: cannot map %s\n", path);
    abort();
  }
  jumped = mapped;
  close(file);
}

static time_t offset(void) {
  const char* text = getenv("SEGUE_CLOCK_OFFSET");
  return (text ? (time_t)atol(text) : 0) + (jumped ? (time_t)*jumped : 0);
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  const int result = ((int (*)(clockid_t, struct timespec*))dlsym(RTLD_NEXT, "clock_gettime"))(clock, now);
  if (result == 0 && clock == CLOCK_REALTIME) now->tv_sec += offset();
  return result;
}

time_t time(time_t* out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}
