// Samples of 8 or 16 bits to PNG bytes in memory.

#include <png.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "growing_bytes.h"
#include "image_codecs.h"
#include "message.h"

typedef struct {
  const uint8_t *samples;
  ImageCodecSize size;
  GrowingBytes target;
  Message message;
  ImageCodecStatus status;
  png_structp png;
  png_infop info;
  jmp_buf jump;
} Writing;

static _Noreturn void fail(Writing *writing, ImageCodecStatus status, const char *text) {
  writing->status = status;
  message_set(writing->message, text);
  longjmp(writing->jump, 1);
}

static _Noreturn void on_error(png_structp png, png_const_charp text) {
  fail(png_get_error_ptr(png), ImageCodecUnsupported, text);
}

static void on_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void on_write(png_structp png, png_bytep source, size_t count) {
  Writing *writing = png_get_io_ptr(png);
  if (!growing_write(&writing->target, writing->target.count, source, count)) {
    fail(writing, ImageCodecOutOfMemory, "not enough memory for the PNG");
  }
}

static void on_flush(png_structp png) { (void)png; }

static void write_picture(Writing *writing) {
  static const int color_types[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA,
                                    PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
  ImageCodecSize size = writing->size;
  if (size.channels < 1 || size.channels > 4) {
    fail(writing, ImageCodecUnsupported, "a PNG has 1 to 4 channels");
  }
  png_set_write_fn(writing->png, writing, on_write, on_flush);
  png_set_user_limits(writing->png, 0x7fffffff, 0x7fffffff);
  bool is_deep = size.sample == ImageCodecUnsigned16;
  if (!is_deep && size.sample != ImageCodecUnsigned8) {
    fail(writing, ImageCodecUnsupported, "a PNG has 8 or 16 bits");
  }
  png_set_IHDR(writing->png, writing->info, size.width, size.height, is_deep ? 16 : 8,
               color_types[size.channels - 1], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_write_info(writing->png, writing->info);
  if (is_deep && !machine_is_big_endian()) png_set_swap(writing->png);
  size_t row_bytes = (size_t)size.width * size.channels * (is_deep ? 2 : 1);
  for (size_t y = 0; y < size.height; y++) {
    png_write_row(writing->png, writing->samples + y * row_bytes);
  }
  png_write_end(writing->png, NULL);
}

// Holds the only setjmp; its one variable isn't changed after it.
static void write_guarded(Writing *writing) {
  if (setjmp(writing->jump) != 0) return;
  writing->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, writing, on_error, on_warning);
  if (writing->png == NULL) fail(writing, ImageCodecOutOfMemory, "libpng could not start");
  writing->info = png_create_info_struct(writing->png);
  if (writing->info == NULL) fail(writing, ImageCodecOutOfMemory, "libpng could not start");
  write_picture(writing);
}

ImageCodecStatus image_codecs_encode_png(const void *samples, ImageCodecSize size,
                                         uint8_t **encoded, size_t *encoded_count, char *message,
                                         size_t message_capacity) {
  Writing writing = {
      .samples = samples,
      .size = size,
      .message = {message, message_capacity},
      .status = ImageCodecSucceeded,
  };
  write_guarded(&writing);
  if (writing.png != NULL) {
    png_destroy_write_struct(&writing.png, writing.info != NULL ? &writing.info : NULL);
  }
  if (writing.status != ImageCodecSucceeded) {
    free(writing.target.bytes);
    writing.target = (GrowingBytes){0};
  }
  *encoded = writing.target.bytes;
  *encoded_count = writing.target.count;
  return writing.status;
}
