// PNG bytes to samples, through libpng's row interface.

#include <png.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "image_codecs.h"
#include "message.h"

// Everything lives here, not in locals, because locals changed after setjmp are lost.
typedef struct {
  const uint8_t *bytes;
  size_t count;
  size_t position;
  ImageCodecSize expected;
  uint8_t *samples;
  Message message;
  ImageCodecStatus status;
  png_structp png;
  png_infop info;
  png_bytepp rows;  // row pointers into `samples`, only when interlaced
  jmp_buf jump;
} Reading;

static _Noreturn void fail(Reading *reading, ImageCodecStatus status, const char *text) {
  reading->status = status;
  message_set(reading->message, text);
  longjmp(reading->jump, 1);
}

static _Noreturn void on_error(png_structp png, png_const_charp text) {
  Reading *reading = png_get_error_ptr(png);
  bool memory = strstr(text, "emory") != NULL;  // "Insufficient memory", "Out of memory"
  bool short_data = strstr(text, "Not enough image data") != NULL;
  fail(reading,
       memory ? ImageCodecOutOfMemory : short_data ? ImageCodecTruncated : ImageCodecCorrupt, text);
}

// libpng warns about what it repairs (wrong gamma, odd profiles); none of it reaches the pixels.
static void on_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void on_read(png_structp png, png_bytep target, size_t wanted) {
  Reading *reading = png_get_io_ptr(png);
  if (wanted > reading->count - reading->position) {
    fail(reading, ImageCodecTruncated, "the data end before the picture does");
  }
  memcpy(target, reading->bytes + reading->position, wanted);
  reading->position += wanted;
}

static void *allocate(Reading *reading, size_t count, size_t size) {
  // calloc checks the product; a row is never empty.
  void *memory = calloc(count, size);
  if (memory == NULL) fail(reading, ImageCodecOutOfMemory, "not enough memory for the picture");
  return memory;
}

static void ignore_bulky_chunks(png_structp png) {
  // Text, profiles and suggested palettes don't change the pixels; skipping them keeps compressed
  // text from costing memory.
  static const png_byte names[] = "iCCP\0iTXt\0tEXt\0zTXt\0sPLT\0hIST\0pCAL\0sCAL\0eXIf";
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, names, (int)(sizeof names / 5));
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
}

static void read_picture(Reading *reading) {
  png_structp png = reading->png;
  png_infop info = reading->info;
  png_set_read_fn(png, reading, on_read);
  // A wrong checksum of what is not the picture is no reason to refuse the picture.
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_WARN_DISCARD);
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff);  // the caller has its own limits
  ignore_bulky_chunks(png);
  png_read_info(png, info);

  png_uint_32 width = png_get_image_width(png, info);
  png_uint_32 height = png_get_image_height(png, info);
  if (width != reading->expected.width || height != reading->expected.height) {
    fail(reading, ImageCodecCorrupt, "two headers of different size");
  }

  png_set_expand(png);  // palette to RGB, 1, 2, 4 bits to 8, tRNS to alpha
  if (png_get_bit_depth(png, info) == 16 && !machine_is_big_endian()) png_set_swap(png);
  bool interlaced = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
  if (interlaced) png_set_interlace_handling(png);
  png_read_update_info(png, info);
  if (png_get_channels(png, info) != reading->expected.channels) {
    fail(reading, ImageCodecCorrupt, "its palette or transparency chunk is damaged");
  }

  bool is_deep = reading->expected.sample == ImageCodecUnsigned16;
  size_t row_bytes = png_get_rowbytes(png, info);
  size_t row_samples = (size_t)width * reading->expected.channels;
  if ((png_get_bit_depth(png, info) == 16) != is_deep ||
      row_bytes != row_samples * (is_deep ? 2 : 1)) {
    fail(reading, ImageCodecUnsupported, "an unexpected sample layout");
  }

  if (interlaced) {
    reading->rows = allocate(reading, height, sizeof(png_bytep));
    for (size_t y = 0; y < height; y++) reading->rows[y] = reading->samples + y * row_bytes;
    png_read_image(png, reading->rows);
  } else {
    for (size_t y = 0; y < height; y++) {
      png_read_row(png, reading->samples + y * row_bytes, NULL);
    }
  }
  png_read_end(png, NULL);
}

// Holds the only setjmp; its one variable isn't changed after it.
static void read_guarded(Reading *reading) {
  if (setjmp(reading->jump) != 0) return;
  reading->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reading, on_error, on_warning);
  if (reading->png == NULL) fail(reading, ImageCodecOutOfMemory, "libpng could not start");
  reading->info = png_create_info_struct(reading->png);
  if (reading->info == NULL) fail(reading, ImageCodecOutOfMemory, "libpng could not start");
  read_picture(reading);
}

ImageCodecStatus image_codecs_decode_png(const uint8_t *bytes, size_t byte_count,
                                         ImageCodecSize expected, void *samples, char *message,
                                         size_t message_capacity) {
  Reading reading = {
      .bytes = bytes,
      .count = byte_count,
      .expected = expected,
      .samples = samples,
      .message = {message, message_capacity},
      .status = ImageCodecSucceeded,
  };
  read_guarded(&reading);
  if (reading.png != NULL) {
    png_destroy_read_struct(&reading.png, reading.info != NULL ? &reading.info : NULL, NULL);
  }
  free(reading.rows);
  return reading.status;
}
