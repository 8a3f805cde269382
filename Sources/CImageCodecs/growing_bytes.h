// Bytes that an encoder writes, growing as it does.
#ifndef IMAGE_CODECS_GROWING_BYTES_H
#define IMAGE_CODECS_GROWING_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  uint8_t *bytes;
  size_t count;
  size_t capacity;
} GrowingBytes;

/// Makes room for `count` bytes in all; false where there is no memory.
static inline bool growing_reserve(GrowingBytes *target, size_t count) {
  if (count <= target->capacity) return true;
  size_t capacity = target->capacity < 4096 ? 4096 : target->capacity;
  while (capacity < count) {
    if (capacity > SIZE_MAX / 2) return false;
    capacity *= 2;
  }
  uint8_t *grown = realloc(target->bytes, capacity);
  if (grown == NULL) return false;
  target->bytes = grown;
  target->capacity = capacity;
  return true;
}

/// Writes at a place, which may lie behind the end; what lies between is zero.
static inline bool growing_write(GrowingBytes *target, size_t place, const void *source,
                                 size_t count) {
  if (count > SIZE_MAX - place || !growing_reserve(target, place + count)) return false;
  if (place > target->count) memset(target->bytes + target->count, 0, place - target->count);
  if (count > 0) memcpy(target->bytes + place, source, count);
  if (place + count > target->count) target->count = place + count;
  return true;
}

#endif
