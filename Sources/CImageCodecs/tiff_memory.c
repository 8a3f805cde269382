// libtiff's client interface over bytes in memory or on disk, without its printing.

// For pread().
#define _GNU_SOURCE

#include "tiff_memory.h"

#include <pthread.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

static ImageCodecStatus status_of(const char *text) {
  if (strstr(text, "emory") != NULL || strstr(text, "annot allocate") != NULL) {
    return ImageCodecOutOfMemory;
  }
  static const char *const endings[] = {"ot enough data", "Read error", "remature", "nexpected end",
                                        "out of file", "unexpected EOF", "beyond end of file"};
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
    if (strstr(text, endings[i]) != NULL) return ImageCodecTruncated;
  }
  if (strstr(text, "not configured") != NULL || strstr(text, "not supported") != NULL ||
      strstr(text, "ot implemented") != NULL) {
    return ImageCodecUnsupported;
  }
  return ImageCodecCorrupt;
}

static void keep(TIFFMemory *memory, const char *format, va_list arguments) {
  if (memory->has_message) return;  // the first one names the cause
  char text[256];
  vsnprintf(text, sizeof text, format, arguments);
  memory->has_message = true;
  memory->status = status_of(text);
  message_set(memory->message, text);
}

void tiff_memory_fail(TIFFMemory *memory, ImageCodecStatus status, const char *text) {
  if (memory->has_message) return;
  memory->has_message = true;
  memory->status = status;
  message_set(memory->message, text);
}

static size_t size_of(const TIFFMemory *memory) {
  return memory->target != NULL ? memory->target->count : memory->source.count;
}

static tmsize_t read_file(TIFFMemory *memory, uint8_t *target, size_t wanted) {
  size_t filled = 0;
  while (filled < wanted) {
    ssize_t got = pread(memory->source.descriptor, target + filled, wanted - filled,
                        (off_t)(memory->position + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    filled += (size_t)got;
  }
  memory->position += filled;
  return (tmsize_t)filled;
}

static tmsize_t on_read(thandle_t handle, void *target, tmsize_t wanted) {
  TIFFMemory *memory = handle;
  size_t count = size_of(memory);
  if (wanted <= 0 || memory->position >= count) return 0;
  size_t got = count - memory->position;
  if (got > (size_t)wanted) got = (size_t)wanted;
  const uint8_t *bytes = memory->target != NULL ? memory->target->bytes : memory->source.bytes;
  if (bytes == NULL) return read_file(memory, target, got);
  memcpy(target, bytes + memory->position, got);
  memory->position += got;
  return (tmsize_t)got;
}

static tmsize_t on_write(thandle_t handle, void *source, tmsize_t count) {
  TIFFMemory *memory = handle;
  if (memory->target == NULL || count < 0) return -1;
  if (!growing_write(memory->target, memory->position, source, (size_t)count)) {
    tiff_memory_fail(memory, ImageCodecOutOfMemory, "not enough memory for the TIFF");
    return -1;
  }
  memory->position += (size_t)count;
  return count;
}

static toff_t on_seek(thandle_t handle, toff_t offset, int whence) {
  TIFFMemory *memory = handle;
  size_t count = size_of(memory);
  toff_t base = whence == SEEK_CUR ? memory->position : whence == SEEK_END ? count : 0;
  toff_t place = base + offset;  // offsets before the base wrap around as they should
  if (place > SIZE_MAX / 2) return (toff_t)-1;
  memory->position = (size_t)place;
  return place;
}

static int on_close(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t on_size(thandle_t handle) {
  return size_of(handle);
}

static int on_map(thandle_t handle, void **base, toff_t *size) {
  TIFFMemory *memory = handle;
  if (memory->target != NULL || memory->source.bytes == NULL) return 0;
  *base = (void *)memory->source.bytes;  // libtiff only reads what is opened for reading
  *size = memory->source.count;
  return 1;
}

static void on_unmap(thandle_t handle, void *base, toff_t size) {
  (void)handle;
  (void)base;
  (void)size;
}

// TIFFOpenOptions came with libtiff 4.5.0.
#if TIFFLIB_VERSION >= 20221213

static int on_error(TIFF *tiff, void *user, const char *module, const char *format,
                    va_list arguments) {
  (void)tiff;
  (void)module;
  keep(user, format, arguments);
  return 1;
}

static int on_warning(TIFF *tiff, void *user, const char *module, const char *format,
                      va_list arguments) {
  (void)tiff;
  (void)user;
  (void)module;
  (void)format;
  (void)arguments;
  return 1;
}

TIFF *tiff_memory_open(TIFFMemory *memory, const char *mode) {
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (options == NULL) {
    tiff_memory_fail(memory, ImageCodecOutOfMemory, "libtiff could not start");
    return NULL;
  }
  TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, memory);
  TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, memory);
  // A tag or a strip that claims more is a lie.
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)2 << 30);
  TIFF *tiff = TIFFClientOpenExt("memory", mode, memory, on_read, on_write, on_seek, on_close,
                                 on_size, on_map, on_unmap, options);
  TIFFOpenOptionsFree(options);
  if (tiff == NULL) tiff_memory_fail(memory, ImageCodecCorrupt, "it is no TIFF");
  return tiff;
}

#else

// Earlier releases have handlers for the whole process, which get the client's handle.
static void on_error(thandle_t handle, const char *module, const char *format, va_list arguments) {
  (void)module;
  if (handle != NULL) keep(handle, format, arguments);
}

static void set_handlers(void) {
  TIFFSetErrorHandler(NULL);
  TIFFSetWarningHandler(NULL);
  TIFFSetErrorHandlerExt(on_error);
  TIFFSetWarningHandlerExt(NULL);
}

TIFF *tiff_memory_open(TIFFMemory *memory, const char *mode) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, set_handlers);
  TIFF *tiff = TIFFClientOpen("memory", mode, memory, on_read, on_write, on_seek, on_close, on_size,
                              on_map, on_unmap);
  if (tiff == NULL) tiff_memory_fail(memory, ImageCodecCorrupt, "it is no TIFF");
  return tiff;
}

#endif
