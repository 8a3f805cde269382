// What the codecs share: the message buffer, and the machine's byte order.
#ifndef IMAGE_CODECS_MESSAGE_H
#define IMAGE_CODECS_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct {
  char *text;
  size_t capacity;
} Message;

/// Copies `text` into the caller's buffer, cut to its length.
static inline void message_set(Message message, const char *text) {
  if (message.text != NULL && message.capacity > 0) {
    snprintf(message.text, message.capacity, "%s", text);
  }
}

/// Whether the first byte of a number is its most significant one.
static inline bool machine_is_big_endian(void) {
  const uint16_t one = 1;
  return *(const uint8_t *)&one == 0;
}

#endif
