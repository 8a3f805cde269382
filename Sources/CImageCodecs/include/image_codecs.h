// Pixels from PNG and JPEG bytes, and PNG bytes from pixels.
//
// A thin, safe layer over libpng and libjpeg. The caller has parsed the header, checked the size
// against its limits and allocated the memory; these functions check that the library reads the
// same size from the same bytes, and fill that memory. Nothing is printed: what the library has
// to say is copied into the caller's message buffer. The libraries' longjmp never leaves the
// function that was called.
#ifndef IMAGE_CODECS_H
#define IMAGE_CODECS_H

#include <stddef.h>
#include <stdint.h>

/// How an operation ended.
typedef enum ImageCodecStatus {
  ImageCodecSucceeded = 0,
  /// The bytes end before the picture does.
  ImageCodecTruncated,
  /// The bytes contradict the format or their own checksums.
  ImageCodecCorrupt,
  /// A valid file of a kind that the library doesn't decode.
  ImageCodecUnsupported,
  /// Not enough memory.
  ImageCodecOutOfMemory,
} ImageCodecStatus;

/// A picture's size as it is stored, before any rotation.
typedef struct ImageCodecSize {
  uint32_t width;
  uint32_t height;
  /// Channels as decoded: 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA.
  uint32_t channels;
} ImageCodecSize;

/// Decodes PNG bytes into `values`, row-major [height, width, channels], 0...1.
///
/// Palettes become RGB, transparency chunks become alpha, 16-bit samples keep their precision,
/// no gamma is applied. A checksum error in any chunk is an error.
///
/// `message` receives one line of text when the status isn't ImageCodecSucceeded.
ImageCodecStatus image_codecs_decode_png(const uint8_t *bytes, size_t byte_count,
                                         ImageCodecSize expected, float *values, char *message,
                                         size_t message_capacity);

/// Decodes JPEG bytes into `values`, row-major [height, width, channels], 0...1.
///
/// Grey stays grey (1 channel); YCbCr, RGB, CMYK and YCCK become RGB (3 channels), the latter
/// two by the product of ink transmissions, without colour profiles. With an Adobe marker the
/// four inks are stored inverted, as Adobe's programs write them; without, they are not.
/// EXIF rotation isn't applied.
ImageCodecStatus image_codecs_decode_jpeg(const uint8_t *bytes, size_t byte_count,
                                          ImageCodecSize expected, float *values, char *message,
                                          size_t message_capacity);

/// Encodes 8-bit samples, row-major [height, width, channels], channels 1 to 4, as a PNG.
///
/// On success `*encoded` is memory that the caller releases with free().
ImageCodecStatus image_codecs_encode_png(const uint8_t *samples, ImageCodecSize size,
                                         uint8_t **encoded, size_t *encoded_count, char *message,
                                         size_t message_capacity);

#endif
