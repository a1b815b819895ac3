/* Loaded before libc (LD_PRELOAD) to kill a process or fill its disk at one chosen change to the file system.
 *
 *   SEGUE_FAULT_AT=N          the N-th changing call (from 1) fails
 *   SEGUE_FAULT_KIND=kill     the process dies before that call, as if by kill -9
 *   SEGUE_FAULT_KIND=enospc   that call and every later write fail as on a full disk
 *   SEGUE_FAULT_COUNT=FILE    the number of changing calls is written to FILE at the end
 *
 * Changing calls are those that can leave work half done: open for writing, write, pwrite, fsync, rename,
 * renameat2, mkdir, mkdtemp, mkostemp, unlink, unlinkat, ftruncate. Standard output and error are exempt. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls;

static long wanted(void) {
  const char* text = getenv("SEGUE_FAULT_AT");
  return text ? atol(text) : 0;
}

static int disk_is_full(void) {
  const char* kind = getenv("SEGUE_FAULT_KIND");
  return kind && kind[0] == 'e';
}

/* Counts the call; returns 1, with errno set, if it must fail. `needs_space`: it fails on a full disk. */
static int fault(int needs_space) {
  const long call = atomic_fetch_add(&calls, 1) + 1;
  const long at = wanted();
  if (at == 0) return 0;
  if (!disk_is_full()) {
    if (call == at) raise(SIGKILL);
    return 0;
  }
  if (call >= at && needs_space) {
    errno = ENOSPC;
    return 1;
  }
  return 0;
}

__attribute__((destructor)) static void report(void) {
  const char* path = getenv("SEGUE_FAULT_COUNT");
  if (!path) return;
  FILE* file = fopen(path, "w");
  if (!file) return;
  fprintf(file, "%ld\n", atomic_load(&calls));
  fclose(file);
}

#define REAL(name, type) ((type)dlsym(RTLD_NEXT, #name))
#define WRITES(flags) (((flags)&O_ACCMODE) != O_RDONLY)

#define OPEN(name)                                                              \
  int name(const char* path, int flags, ...) {                                  \
    va_list arguments;                                                          \
    va_start(arguments, flags);                                                 \
    const mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;        \
    va_end(arguments);                                                          \
    if (WRITES(flags) && fault(1)) return -1;                                   \
    return REAL(name, int (*)(const char*, int, mode_t))(path, flags, mode);    \
  }
OPEN(open)
OPEN(open64)

ssize_t write(int fd, const void* data, size_t size) {
  if (fd > STDERR_FILENO && fault(1)) return -1;
  return REAL(write, ssize_t(*)(int, const void*, size_t))(fd, data, size);
}
ssize_t pwrite(int fd, const void* data, size_t size, off_t at) {
  if (fault(1)) return -1;
  return REAL(pwrite, ssize_t(*)(int, const void*, size_t, off_t))(fd, data, size, at);
}
ssize_t writev(int fd, const struct iovec* pieces, int count) {
  if (fd > STDERR_FILENO && fault(1)) return -1;
  return REAL(writev, ssize_t(*)(int, const struct iovec*, int))(fd, pieces, count);
}
int fsync(int fd) {
  if (fault(1)) return -1;
  return REAL(fsync, int (*)(int))(fd);
}
int ftruncate(int fd, off_t size) {
  if (fault(1)) return -1;
  return REAL(ftruncate, int (*)(int, off_t))(fd, size);
}
int rename(const char* from, const char* to) {
  if (fault(0)) return -1;
  return REAL(rename, int (*)(const char*, const char*))(from, to);
}
int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned int flags) {
  if (fault(0)) return -1;
  return REAL(renameat2, int (*)(int, const char*, int, const char*, unsigned int))(from_folder, from, to_folder, to,
                                                                                    flags);
}
int mkdir(const char* path, mode_t mode) {
  if (fault(1)) return -1;
  return REAL(mkdir, int (*)(const char*, mode_t))(path, mode);
}
char* mkdtemp(char* name) {
  if (fault(1)) return NULL;
  return REAL(mkdtemp, char* (*)(char*))(name);
}
int mkostemp(char* name, int flags) {
  if (fault(1)) return -1;
  return REAL(mkostemp, int (*)(char*, int))(name, flags);
}
int unlink(const char* path) {
  if (fault(0)) return -1;
  return REAL(unlink, int (*)(const char*))(path);
}
int unlinkat(int folder, const char* path, int flags) {
  if (fault(0)) return -1;
  return REAL(unlinkat, int (*)(int, const char*, int))(folder, path, flags);
}
