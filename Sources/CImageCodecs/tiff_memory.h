// TIFF files in memory or on disk, for libtiff's client interface.
#ifndef IMAGE_CODECS_TIFF_MEMORY_H
#define IMAGE_CODECS_TIFF_MEMORY_H

#include <tiffio.h>

#include "growing_bytes.h"
#include "image_codecs.h"
#include "message.h"

/// A TIFF that is read from bytes, or written to growing ones.
typedef struct {
  ImageCodecBytes source;
  size_t position;
  /// NULL while reading.
  GrowingBytes *target;
  Message message;
  bool has_message;
  ImageCodecStatus status;
} TIFFMemory;

/// Opens it ("r", "w" or "w8"); NULL with a message and a status on failure.
///
/// What libtiff says goes into the message, and never to standard error.
TIFF *tiff_memory_open(TIFFMemory *memory, const char *mode);

/// Sets the status and the message, unless libtiff has said more already.
void tiff_memory_fail(TIFFMemory *memory, ImageCodecStatus status, const char *text);

#endif
