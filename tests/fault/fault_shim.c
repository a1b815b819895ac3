/* Loaded before libc (LD_PRELOAD) to make one chosen call of a process fail, or to end the process there.
 *
 *   SEGUE_FAULT_AT=N          the N-th changing call (from 1), or allocation, is the one
 *   SEGUE_FAULT_KIND=kill     the process dies before that call, as if by kill -9
 *   SEGUE_FAULT_KIND=enospc   that call and every later write fail as on a full disk
 *   SEGUE_FAULT_KIND=crash    the machine dies before that call: what was not synced is lost, as SEGUE_FAULT_SEED says:
 *                             0 all of it, any other number a part of it, so that later changes may outlive earlier ones
 *   SEGUE_FAULT_KIND=enomem   that allocation fails
 *   SEGUE_FAULT_NO_EXCHANGE=1 the file system cannot exchange names, whatever the kind
 *   SEGUE_FAULT_STASH=FOLDER  of the same file system: keeps what was removed, for the crash to bring it back
 *   SEGUE_FAULT_COUNT=FILE    the number of changing calls (enomem: allocations) is written to FILE at the end
 *
 * Changing calls are those that can leave work half done: open for writing, write, pwrite, fsync, rename, renameat2,
 * link, mkdir, mkdtemp, mkostemp, unlink, unlinkat, rmdir, ftruncate. Standard output and error are exempt. Allocations
 * are counted from the first changing call to the end of main(). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name, type) ((type)dlsym(RTLD_NEXT, #name))
#define WRITES(flags) (((flags)&O_ACCMODE) != O_RDONLY)

static atomic_long calls;
static atomic_long allocations;
static atomic_int in_main;

enum kind { NONE, KILL, ENOSPC_FROM, CRASH, ENOMEM_AT };
static enum kind kind;
static long at;
static unsigned long seed;
static int no_exchange;
static char stash[PATH_MAX];

__attribute__((constructor)) static void read_wishes(void) {
  const char* text = getenv("SEGUE_FAULT_KIND");
  if (text) {
    kind = !strcmp(text, "kill")     ? KILL
           : !strcmp(text, "enospc") ? ENOSPC_FROM
           : !strcmp(text, "crash")  ? CRASH
           : !strcmp(text, "enomem") ? ENOMEM_AT
                                     : NONE;
  }
  if ((text = getenv("SEGUE_FAULT_AT"))) at = atol(text);
  if ((text = getenv("SEGUE_FAULT_SEED"))) seed = strtoul(text, NULL, 10);
  if ((text = getenv("SEGUE_FAULT_STASH"))) snprintf(stash, sizeof stash, "%s", text);
  no_exchange = getenv("SEGUE_FAULT_NO_EXCHANGE") != NULL;
}

/* ---- what a crash loses ---------------------------------------------------------------------------------------------
 * A name is on the disk once its folder was synced after the change, the bytes of a file once it was synced. */

enum change_kind { CREATED, RENAMED, EXCHANGED, REMOVED };
struct name {
  int folder; /* a descriptor: folders may be renamed later */
  char name[NAME_MAX + 1];
};
struct change {
  enum change_kind kind;
  struct name from, to;
  char stashed[NAME_MAX + 1]; /* what was removed or replaced, "" if nothing */
  int synced;
};
struct written {
  int file;
  off_t synced_bytes;
};

#define MOST 4096
static pthread_mutex_t changing = PTHREAD_MUTEX_INITIALIZER;
static struct change changes[MOST];
static int change_count;
static struct written files[MOST];
static int file_count;
static int stash_folder = -1;

static int same_file(int a, int b) {
  struct stat of_a, of_b;
  return !fstat(a, &of_a) && !fstat(b, &of_b) && of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

/* Fails for a path without a folder, such as /dev/null's, never. */
static int find_name(int folder, const char* path, struct name* name) {
  char copy[PATH_MAX], other[PATH_MAX];
  snprintf(copy, sizeof copy, "%s", path);
  snprintf(other, sizeof other, "%s", path);
  snprintf(name->name, sizeof name->name, "%s", basename(other));
  name->folder =
      REAL(openat, int (*)(int, const char*, int, mode_t))(folder, dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  return name->folder >= 0;
}

/* Called before a change with both names; returns the change to be given to done(). */
static struct change* begin_change(enum change_kind what, int from_folder, const char* from, int to_folder,
                                   const char* to) {
  if (kind != CRASH) return NULL;
  pthread_mutex_lock(&changing);
  if (change_count == MOST || !find_name(from_folder, from, &changes[change_count].from) ||
      !find_name(to_folder, to, &changes[change_count].to)) {
    fprintf(stderr, "fault_shim: cannot note a change of %s\n", from);
    abort();
  }
  struct change* change = &changes[change_count];
  change->kind = what;
  change->synced = 0;
  change->stashed[0] = 0;
  if (stash_folder < 0)
    stash_folder =
        REAL(openat, int (*)(int, const char*, int, mode_t))(AT_FDCWD, stash, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (what == REMOVED || what == RENAMED) { /* a file that loses its last name here is kept */
    snprintf(change->stashed, sizeof change->stashed, "%d", change_count);
    const struct name* lost = &change->to;
    if (linkat(lost->folder, lost->name, stash_folder, change->stashed, 0)) change->stashed[0] = 0;
  }
  return change;
}

static int done(struct change* change, int result) {
  if (!change) return result;
  const int error = errno;
  if (!result) ++change_count;
  pthread_mutex_unlock(&changing);
  errno = error;
  return result;
}

static void note_file(int file, int is_new) {
  struct stat status;
  if (kind != CRASH || file < 0 || fstat(file, &status) || !S_ISREG(status.st_mode)) return;
  pthread_mutex_lock(&changing);
  if (file_count == MOST) abort();
  files[file_count++] =
      (struct written){fcntl(file, F_DUPFD_CLOEXEC, 0), is_new ? 0 : status.st_size};
  pthread_mutex_unlock(&changing);
}

static void note_sync(int file) {
  struct stat status;
  if (kind != CRASH || fstat(file, &status)) return;
  pthread_mutex_lock(&changing);
  for (int i = 0; i < file_count; ++i) {
    if (same_file(files[i].file, file)) files[i].synced_bytes = status.st_size;
  }
  for (int i = 0; i < change_count && S_ISDIR(status.st_mode); ++i) {
    /* Of a rename between two folders, either may be synced: ours are all within one. */
    if (same_file(changes[i].to.folder, file)) changes[i].synced = 1;
  }
  pthread_mutex_unlock(&changing);
}

static int is_lost(unsigned long number) {
  if (seed == 0) return 1;
  unsigned long mixed = (seed * 0x9e3779b97f4a7c15UL) ^ (number * 0xbf58476d1ce4e5b9UL);
  mixed ^= mixed >> 31;
  mixed *= 0x94d049bb133111ebUL;
  return (mixed >> 40) & 1;
}

static void undo(const struct change* change, int number) {
  int (*move)(int, const char*, int, const char*, unsigned int) =
      REAL(renameat2, int (*)(int, const char*, int, const char*, unsigned int));
  char hidden[32];
  snprintf(hidden, sizeof hidden, "undone-%d", number);
  const struct name* from = &change->from;
  const struct name* to = &change->to;
  switch (change->kind) {
    case CREATED:
      move(to->folder, to->name, stash_folder, hidden, 0);
      break;
    case RENAMED:
      move(to->folder, to->name, from->folder, from->name, RENAME_NOREPLACE);
      if (change->stashed[0]) move(stash_folder, change->stashed, to->folder, to->name, RENAME_NOREPLACE);
      break;
    case EXCHANGED:
      move(from->folder, from->name, to->folder, to->name, RENAME_EXCHANGE);
      break;
    case REMOVED:
      if (change->stashed[0]) move(stash_folder, change->stashed, to->folder, to->name, RENAME_NOREPLACE);
      break;
  }
}

static void crash(void) {
  pthread_mutex_lock(&changing);
  for (int i = change_count; i-- > 0;) {
    if (!changes[i].synced && is_lost((unsigned long)i)) undo(&changes[i], i);
  }
  for (int i = 0; i < file_count; ++i) {
    struct stat status;
    if (fstat(files[i].file, &status) || status.st_size <= files[i].synced_bytes || !is_lost(100000UL + (unsigned long)i))
      continue;
    if (REAL(ftruncate, int (*)(int, off_t))(files[i].file, files[i].synced_bytes)) abort();
  }
  raise(SIGKILL);
}

/* ---- faults ---------------------------------------------------------------------------------------------------------- */

/* Counts the call; returns 1, with errno set, if it must fail. `needs_space`: it fails on a full disk. */
static int fault(int needs_space) {
  const long call = atomic_fetch_add(&calls, 1) + 1;
  if (at == 0) return 0;
  if (kind == KILL && call == at) raise(SIGKILL);
  if (kind == CRASH && call == at) crash();
  if (kind == ENOSPC_FROM && call >= at && needs_space) {
    errno = ENOSPC;
    return 1;
  }
  return 0;
}

__attribute__((destructor)) static void report(void) {
  const char* path = getenv("SEGUE_FAULT_COUNT");
  if (!path) return;
  const int error = errno;
  FILE* file = fopen(path, "w");
  if (!file) return;
  fprintf(file, "%ld\n", atomic_load(kind == ENOMEM_AT ? &allocations : &calls));
  fclose(file);
  errno = error;
}

static int open_file(int folder, const char* path, int flags, mode_t mode) {
  if (WRITES(flags) && fault(1)) return -1;
  const int creates = (flags & O_CREAT) && kind == CRASH && faccessat(folder, path, F_OK, 0);
  struct change* change = creates ? begin_change(CREATED, folder, path, folder, path) : NULL;
  const int file = REAL(openat, int (*)(int, const char*, int, mode_t))(folder, path, flags, mode);
  done(change, file < 0 ? -1 : 0);
  if (WRITES(flags)) note_file(file, creates || (flags & O_TRUNC));
  return file;
}

#define MODE_OF(flags)                                                    \
  va_list arguments;                                                      \
  va_start(arguments, flags);                                             \
  const mode_t mode = (flags)&O_CREAT ? va_arg(arguments, mode_t) : 0;    \
  va_end(arguments)

int open(const char* path, int flags, ...) {
  MODE_OF(flags);
  return open_file(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  MODE_OF(flags);
  return open_file(AT_FDCWD, path, flags, mode);
}

ssize_t write(int fd, const void* data, size_t size) {
  if (fd > STDERR_FILENO && fault(1)) return -1;
  return REAL(write, ssize_t(*)(int, const void*, size_t))(fd, data, size);
}
ssize_t pwrite(int fd, const void* data, size_t size, off_t offset) {
  if (fault(1)) return -1;
  return REAL(pwrite, ssize_t(*)(int, const void*, size_t, off_t))(fd, data, size, offset);
}
ssize_t writev(int fd, const struct iovec* pieces, int count) {
  if (fd > STDERR_FILENO && fault(1)) return -1;
  return REAL(writev, ssize_t(*)(int, const struct iovec*, int))(fd, pieces, count);
}
int fsync(int fd) {
  if (fault(1)) return -1;
  const int result = REAL(fsync, int (*)(int))(fd);
  if (!result) note_sync(fd);
  return result;
}
int ftruncate(int fd, off_t size) {
  if (fault(1)) return -1;
  return REAL(ftruncate, int (*)(int, off_t))(fd, size);
}
int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned int flags) {
  if (fault(0)) return -1;
  if (no_exchange && (flags & RENAME_EXCHANGE)) {
    errno = EINVAL;
    return -1;
  }
  struct change* change =
      begin_change(flags & RENAME_EXCHANGE ? EXCHANGED : RENAMED, from_folder, from, to_folder, to);
  return done(change, REAL(renameat2, int (*)(int, const char*, int, const char*, unsigned int))(from_folder, from,
                                                                                                  to_folder, to, flags));
}
int rename(const char* from, const char* to) {
  return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}
int link(const char* from, const char* to) {
  if (fault(1)) return -1;
  struct change* change = begin_change(CREATED, AT_FDCWD, to, AT_FDCWD, to);
  return done(change, REAL(link, int (*)(const char*, const char*))(from, to));
}
int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) {
  static _Thread_local int within; /* the stash is filled with it */
  const int counted = !within && to_folder != stash_folder;
  if (counted && fault(1)) return -1;
  within = 1;
  struct change* change = counted ? begin_change(CREATED, to_folder, to, to_folder, to) : NULL;
  const int result = done(change, REAL(linkat, int (*)(int, const char*, int, const char*, int))(
                                      from_folder, from, to_folder, to, flags));
  within = 0;
  return result;
}
int mkdir(const char* path, mode_t mode) {
  if (fault(1)) return -1;
  struct change* change = begin_change(CREATED, AT_FDCWD, path, AT_FDCWD, path);
  return done(change, REAL(mkdir, int (*)(const char*, mode_t))(path, mode));
}
char* mkdtemp(char* name) {
  if (fault(1)) return NULL;
  return REAL(mkdtemp, char* (*)(char*))(name);
}
int mkostemp(char* name, int flags) {
  if (fault(1)) return -1;
  return REAL(mkostemp, int (*)(char*, int))(name, flags);
}
int unlinkat(int folder, const char* path, int flags) {
  if (fault(0)) return -1;
  struct change* change = begin_change(REMOVED, folder, path, folder, path);
  if (change && (flags & AT_REMOVEDIR)) {
    /* Kept rather than removed: nothing else keeps a folder. */
    struct stat status;
    int result = fstatat(folder, path, &status, AT_SYMLINK_NOFOLLOW);
    char empty[64];
    snprintf(empty, sizeof empty, "%d", change_count);
    snprintf(change->stashed, sizeof change->stashed, "%s", empty);
    if (!result && S_ISDIR(status.st_mode))
      result = REAL(renameat2, int (*)(int, const char*, int, const char*, unsigned int))(folder, path, stash_folder,
                                                                                          empty, 0);
    return done(change, result);
  }
  return done(change, REAL(unlinkat, int (*)(int, const char*, int))(folder, path, flags));
}
int unlink(const char* path) {
  return unlinkat(AT_FDCWD, path, 0);
}
int rmdir(const char* path) {
  return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}
int remove(const char* path) {
  struct stat status;
  if (lstat(path, &status)) return -1;
  return unlinkat(AT_FDCWD, path, S_ISDIR(status.st_mode) ? AT_REMOVEDIR : 0);
}

/* ---- memory ---------------------------------------------------------------------------------------------------------- */

extern void* __libc_malloc(size_t);
extern void* __libc_calloc(size_t, size_t);
extern void* __libc_realloc(void*, size_t);
extern void* __libc_memalign(size_t, size_t);

static int no_memory(void) {
  if (kind != ENOMEM_AT || !atomic_load(&in_main) || !atomic_load(&calls)) return 0;
  if (atomic_fetch_add(&allocations, 1) + 1 != at) return 0;
  errno = ENOMEM;
  return 1;
}

void* malloc(size_t size) {
  return no_memory() ? NULL : __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  return no_memory() ? NULL : __libc_calloc(count, size);
}
void* realloc(void* memory, size_t size) {
  return no_memory() ? NULL : __libc_realloc(memory, size);
}
void* aligned_alloc(size_t alignment, size_t size) {
  return no_memory() ? NULL : __libc_memalign(alignment, size);
}
void* memalign(size_t alignment, size_t size) {
  return no_memory() ? NULL : __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, size_t alignment, size_t size) {
  if (no_memory()) return ENOMEM;
  *memory = __libc_memalign(alignment, size);
  return *memory ? 0 : ENOMEM;
}

static int (*main_of_program)(int, char**, char**);
static int counted_main(int argc, char** argv, char** environment) {
  atomic_store(&in_main, 1);
  const int status = main_of_program(argc, argv, environment);
  atomic_store(&in_main, 0);
  return status;
}
int __libc_start_main(int (*main)(int, char**, char**), int argc, char** argv, void (*init)(void), void (*fini)(void),
                      void (*rtld_fini)(void), void* stack_end) {
  main_of_program = main;
  return REAL(__libc_start_main, int (*)(int (*)(int, char**, char**), int, char**, void (*)(void), void (*)(void),
                                         void (*)(void), void*))(counted_main, argc, argv, init, fini, rtld_fini,
                                                                  stack_end);
}
