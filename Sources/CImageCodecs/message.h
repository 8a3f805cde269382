// The message buffer that the three codecs share.
#ifndef IMAGE_CODECS_MESSAGE_H
#define IMAGE_CODECS_MESSAGE_H

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

#endif
