/* Makes system calls and allocations of one process fail, for Scripts/check-faults.py. It is preloaded (LD_PRELOAD)
 * in tests alone and is part of no product.
 *
 *   SIREN_FAULT_COUNTS=FILE     counts the calls of each kind in a file of 64-bit numbers, in the order of `kinds`
 *   SIREN_FAULT=KIND:N:ACTION   at the N-th call of a kind, from 1:
 *       ENOSPC, EIO, EMFILE, ENOMEM, EINTR   the call fails with this error, once
 *       ENOSPC+, EIO+, ...                   so do all later calls of the kind
 *       FULL                                 a write takes half of its bytes, and later ones fail with ENOSPC
 *       KILL, INT                            the process gets this signal instead of making the call
 *
 * Calls are counted by kind, so that another kind does not change the number of a call. Standard input, output and
 * error are left alone. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { OPEN, READ, WRITE, SYNC, RENAME, UNLINK, FOLDER, TRUNCATE, MAP, ALLOCATE, KIND_COUNT };
static const char *const kinds[KIND_COUNT] = {"open",   "read",   "write",    "sync", "rename",
                                              "unlink", "folder", "truncate", "map",  "allocate"};
/* Smaller allocations are too many to try, and what follows from a failed one is the same. */
enum { LARGE = 64 << 10 };

static uint64_t own_counts[KIND_COUNT];
static uint64_t *counts = own_counts;
static int chosen = -1, failure, is_lasting, is_full, signal_number;
static uint64_t chosen_number;

static const struct {
  const char *name;
  int code;
} errors[] = {{"ENOSPC", ENOSPC}, {"EIO", EIO}, {"EMFILE", EMFILE}, {"ENOMEM", ENOMEM}, {"EINTR", EINTR}};

static void fail_to_start(const char *reason) {
  (void)!write(2, reason, strlen(reason));
  _exit(99);
}

__attribute__((constructor)) static void start(void) {
  const char *file = getenv("SIREN_FAULT_COUNTS");
  if (file != NULL) {
    int descriptor = (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CREAT, 0600);
    if (descriptor < 0 || syscall(SYS_ftruncate, descriptor, 4096L) != 0) fail_to_start("faults: no counts\n");
    void *memory = (void *)syscall(
        SYS_mmap, NULL, 4096UL, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0L);
    if (memory == MAP_FAILED) fail_to_start("faults: no counts\n");
    uint64_t *shared = memory;
    for (int kind = 0; kind < KIND_COUNT; kind++) shared[kind] = own_counts[kind];
    counts = shared;
    syscall(SYS_close, descriptor);
  }
  const char *fault = getenv("SIREN_FAULT");
  if (fault == NULL) return;
  char kind[16], action[16];
  unsigned long long number;
  if (sscanf(fault, "%15[a-z]:%llu:%15s", kind, &number, action) != 3) fail_to_start("faults: no fault\n");
  for (int index = 0; index < KIND_COUNT; index++) {
    if (strcmp(kind, kinds[index]) == 0) chosen = index;
  }
  chosen_number = number;
  size_t length = strlen(action);
  if (length > 0 && action[length - 1] == '+') {
    is_lasting = 1;
    action[length - 1] = 0;
  }
  for (size_t index = 0; index < sizeof errors / sizeof errors[0]; index++) {
    if (strcmp(action, errors[index].name) == 0) failure = errors[index].code;
  }
  if (strcmp(action, "FULL") == 0) {
    is_full = is_lasting = 1;
    failure = ENOSPC;
  }
  if (strcmp(action, "KILL") == 0) signal_number = SIGKILL;
  if (strcmp(action, "INT") == 0) signal_number = SIGINT;
  if (chosen < 0 || (failure == 0 && signal_number == 0)) fail_to_start("faults: no fault\n");
}

/* Counts a call. Returns 0 if it is to be made, or the error that it fails with; `is_first` says whether it is the
 * chosen call itself, and not a later one. */
static int fault(enum kind kind, int *is_first) {
  uint64_t number = __atomic_add_fetch(&counts[kind], 1, __ATOMIC_RELAXED);
  if (is_first != NULL) *is_first = 0;
  if (chosen != (int)kind || number < chosen_number) return 0;
  if (signal_number != 0) {
    if (number != chosen_number) return 0;
    syscall(SYS_kill, (pid_t)syscall(SYS_getpid), signal_number);
    while (signal_number == SIGKILL) pause();
    return 0;
  }
  if (number != chosen_number && !is_lasting) return 0;
  if (is_first != NULL) *is_first = number == chosen_number;
  return failure;
}

#define REAL(name) \
  static __typeof__(&name) real; \
  if (real == NULL) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define FAIL(kind, value) \
  do { \
    int code = fault(kind, NULL); \
    if (code != 0) { \
      errno = code; \
      return value; \
    } \
  } while (0)
#define MODE(flags, last) \
  mode_t mode = 0; \
  if (((flags) & O_CREAT) != 0 || ((flags) & O_TMPFILE) == O_TMPFILE) { \
    va_list arguments; \
    va_start(arguments, last); \
    mode = va_arg(arguments, mode_t); \
    va_end(arguments); \
  }

/* Files that the kernel makes up, such as the number of processors, are left alone: one command reads them hundreds
 * of times, and their disk is never full. */
static unsigned char is_made_up[4096];
static int opened(const char *path, int file) {
  if (file >= 0 && file < (int)sizeof is_made_up) {
    is_made_up[file] = strncmp(path, "/proc/", 6) == 0 || strncmp(path, "/sys/", 5) == 0;
  }
  return file;
}
static int is_real(const char *path) { return strncmp(path, "/proc/", 6) != 0 && strncmp(path, "/sys/", 5) != 0; }
static int is_counted(int file) { return file > 2 && (file >= (int)sizeof is_made_up || !is_made_up[file]); }

int open(const char *path, int flags, ...) {
  REAL(open);
  MODE(flags, flags)
  if (is_real(path)) FAIL(OPEN, -1);
  return opened(path, real(path, flags, mode));
}
int open64(const char *path, int flags, ...) {
  REAL(open64);
  MODE(flags, flags)
  if (is_real(path)) FAIL(OPEN, -1);
  return opened(path, real(path, flags, mode));
}
int openat(int folder, const char *path, int flags, ...) {
  REAL(openat);
  MODE(flags, flags)
  if (is_real(path)) FAIL(OPEN, -1);
  return opened(path, real(folder, path, flags, mode));
}
int openat64(int folder, const char *path, int flags, ...) {
  REAL(openat64);
  MODE(flags, flags)
  if (is_real(path)) FAIL(OPEN, -1);
  return opened(path, real(folder, path, flags, mode));
}
int mkstemp(char *path) {
  REAL(mkstemp);
  FAIL(OPEN, -1);
  return opened("", real(path));
}
int mkstemp64(char *path) {
  REAL(mkstemp64);
  FAIL(OPEN, -1);
  return opened("", real(path));
}

ssize_t read(int file, void *bytes, size_t count) {
  REAL(read);
  if (is_counted(file)) FAIL(READ, -1);
  return real(file, bytes, count);
}
ssize_t pread(int file, void *bytes, size_t count, off_t place) {
  REAL(pread);
  FAIL(READ, -1);
  return real(file, bytes, count, place);
}
ssize_t pread64(int file, void *bytes, size_t count, off64_t place) {
  REAL(pread64);
  FAIL(READ, -1);
  return real(file, bytes, count, place);
}

/* The number of bytes to write, which is half of them on a disk that is becoming full; -1 to fail. */
static ssize_t writable(int file, size_t count) {
  if (file <= 2) return (ssize_t)count;
  int is_first;
  int code = fault(WRITE, &is_first);
  if (code == 0) return (ssize_t)count;
  if (is_full && is_first && count > 1) return (ssize_t)(count / 2);
  errno = code;
  return -1;
}
ssize_t write(int file, const void *bytes, size_t count) {
  REAL(write);
  ssize_t part = writable(file, count);
  return part < 0 ? -1 : real(file, bytes, (size_t)part);
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t place) {
  REAL(pwrite);
  ssize_t part = writable(file, count);
  return part < 0 ? -1 : real(file, bytes, (size_t)part, place);
}
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t place) {
  REAL(pwrite64);
  ssize_t part = writable(file, count);
  return part < 0 ? -1 : real(file, bytes, (size_t)part, place);
}
ssize_t writev(int file, const struct iovec *parts, int count) {
  REAL(writev);
  if (file > 2) FAIL(WRITE, -1);
  return real(file, parts, count);
}

int fsync(int file) {
  REAL(fsync);
  FAIL(SYNC, -1);
  return real(file);
}
int fdatasync(int file) {
  REAL(fdatasync);
  FAIL(SYNC, -1);
  return real(file);
}

int rename(const char *from, const char *to) {
  REAL(rename);
  FAIL(RENAME, -1);
  return real(from, to);
}
int renameat(int from_folder, const char *from, int to_folder, const char *to) {
  REAL(renameat);
  FAIL(RENAME, -1);
  return real(from_folder, from, to_folder, to);
}
int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned int flags) {
  REAL(renameat2);
  FAIL(RENAME, -1);
  return real(from_folder, from, to_folder, to, flags);
}
int link(const char *from, const char *to) {
  REAL(link);
  FAIL(RENAME, -1);
  return real(from, to);
}
int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
  REAL(linkat);
  FAIL(RENAME, -1);
  return real(from_folder, from, to_folder, to, flags);
}

int unlink(const char *path) {
  REAL(unlink);
  FAIL(UNLINK, -1);
  return real(path);
}
int unlinkat(int folder, const char *path, int flags) {
  REAL(unlinkat);
  FAIL(UNLINK, -1);
  return real(folder, path, flags);
}

int mkdir(const char *path, mode_t mode) {
  REAL(mkdir);
  FAIL(FOLDER, -1);
  return real(path, mode);
}
DIR *opendir(const char *path) {
  REAL(opendir);
  FAIL(FOLDER, NULL);
  return real(path);
}

int ftruncate(int file, off_t length) {
  REAL(ftruncate);
  FAIL(TRUNCATE, -1);
  return real(file, length);
}
int ftruncate64(int file, off64_t length) {
  REAL(ftruncate64);
  FAIL(TRUNCATE, -1);
  return real(file, length);
}

void *mmap(void *address, size_t length, int protection, int flags, int file, off_t place) {
  REAL(mmap);
  FAIL(MAP, MAP_FAILED);
  return real(address, length, protection, flags, file, place);
}
void *mmap64(void *address, size_t length, int protection, int flags, int file, off64_t place) {
  REAL(mmap64);
  FAIL(MAP, MAP_FAILED);
  return real(address, length, protection, flags, file, place);
}

/* Looking these up would allocate. */
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

void *malloc(size_t count) {
  if (count >= LARGE) FAIL(ALLOCATE, NULL);
  return __libc_malloc(count);
}
void *calloc(size_t count, size_t size) {
  if (size != 0 && count >= LARGE / size) FAIL(ALLOCATE, NULL);
  return __libc_calloc(count, size);
}
void *realloc(void *memory, size_t count) {
  if (count >= LARGE) FAIL(ALLOCATE, NULL);
  return __libc_realloc(memory, count);
}
void *aligned_alloc(size_t alignment, size_t count) {
  if (count >= LARGE) FAIL(ALLOCATE, NULL);
  return __libc_memalign(alignment, count);
}
int posix_memalign(void **memory, size_t alignment, size_t count) {
  if (count >= LARGE && fault(ALLOCATE, NULL) != 0) return ENOMEM;
  *memory = __libc_memalign(alignment, count);
  return *memory == NULL ? ENOMEM : 0;
}
