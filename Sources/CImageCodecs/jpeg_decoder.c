// JPEG bytes to samples of 8 bits, through libjpeg's scanline interface.

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
// After jpeglib.h, which defines what it uses.
#include <jerror.h>

#include "image_codecs.h"
#include "message.h"

// A progressive picture has about ten scans; a small hostile file can hold tens of thousands,
// each of which costs a pass over the whole picture.
enum { maximum_scans = 500 };

// Everything lives here, not in locals, because locals changed after setjmp are lost.
typedef struct {
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  struct jpeg_decompress_struct jpeg;
  bool created;
  const uint8_t *bytes;
  size_t count;
  ImageCodecSize expected;
  uint8_t *samples;
  JSAMPLE *row;  // of the four inks
  Message message;
  ImageCodecStatus status;
  jmp_buf jump;
} Reading;

static _Noreturn void fail(Reading *reading, ImageCodecStatus status, const char *text) {
  reading->status = status;
  message_set(reading->message, text);
  longjmp(reading->jump, 1);
}

static _Noreturn void fail_with_library_message(j_common_ptr jpeg, ImageCodecStatus status) {
  char text[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, text);
  fail(jpeg->client_data, status, text);
}

static void on_error(j_common_ptr jpeg) {
  switch (jpeg->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE:
      fail_with_library_message(jpeg, ImageCodecOutOfMemory);
    case JERR_INPUT_EMPTY:
    case JERR_INPUT_EOF:
      fail_with_library_message(jpeg, ImageCodecTruncated);
    case JERR_CONVERSION_NOTIMPL:
    case JERR_SOF_UNSUPPORTED:
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_ARITH_NOTIMPL:
      fail_with_library_message(jpeg, ImageCodecUnsupported);
    default:
      fail_with_library_message(jpeg, ImageCodecCorrupt);
  }
}

// libjpeg only warns where data are missing and paints the rest grey: here that is an error.
// Bytes between markers, odd versions and the like don't touch the pixels and are let pass.
static void on_message(j_common_ptr jpeg, int level) {
  if (level >= 0) return;
  switch (jpeg->err->msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
      fail_with_library_message(jpeg, ImageCodecTruncated);
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
      fail_with_library_message(jpeg, ImageCodecCorrupt);
    default:
      return;
  }
}

static void on_progress(j_common_ptr jpeg) {
  if (((j_decompress_ptr)jpeg)->input_scan_number > maximum_scans) {
    fail(jpeg->client_data, ImageCodecUnsupported, "more than 500 scans");
  }
}

// Light that passes the colour's ink and the black one.
static void inks_to_light(const JSAMPLE *row, size_t pixels, bool inverted, uint8_t *samples) {
  for (size_t i = 0; i < pixels; i++) {
    const JSAMPLE *inks = row + 4 * i;
    int black = inverted ? inks[3] : 255 - inks[3];
    for (int channel = 0; channel < 3; channel++) {
      int light = inverted ? inks[channel] : 255 - inks[channel];
      samples[3 * i + channel] = (uint8_t)((light * black + 127) / 255);
    }
  }
}

static void read_picture(Reading *reading) {
  j_decompress_ptr jpeg = &reading->jpeg;
  jpeg_mem_src(jpeg, reading->bytes, (unsigned long)reading->count);
  jpeg_read_header(jpeg, TRUE);
  if (jpeg->image_width != reading->expected.width ||
      jpeg->image_height != reading->expected.height) {
    fail(reading, ImageCodecCorrupt, "two headers of different size");
  }

  bool grey = jpeg->num_components == 1;
  bool inks = jpeg->num_components == 4;
  if (reading->expected.channels != (grey ? 1u : 3u)) {
    fail(reading, ImageCodecCorrupt, "two headers of different channels");
  }
  jpeg->out_color_space = grey ? JCS_GRAYSCALE : inks ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(jpeg);

  size_t width = reading->expected.width;
  size_t row_bytes = width * reading->expected.channels;
  if (inks) {
    reading->row = calloc(width, 4);
    if (reading->row == NULL) fail(reading, ImageCodecOutOfMemory, "not enough memory for a row");
  }
  for (size_t y = 0; y < reading->expected.height; y++) {
    JSAMPLE *samples = reading->samples + y * row_bytes;
    jpeg_read_scanlines(jpeg, inks ? &reading->row : &samples, 1);
    if (inks) inks_to_light(reading->row, width, jpeg->saw_Adobe_marker, samples);
  }
  jpeg_finish_decompress(jpeg);
}

// Holds the only setjmp; its one variable isn't changed after it.
static void read_guarded(Reading *reading) {
  if (setjmp(reading->jump) != 0) return;
  reading->jpeg.err = jpeg_std_error(&reading->errors);
  reading->errors.error_exit = on_error;
  reading->errors.emit_message = on_message;
  reading->jpeg.client_data = reading;
  reading->created = true;
  jpeg_create_decompress(&reading->jpeg);  // keeps err and client_data
  reading->progress.progress_monitor = on_progress;
  reading->jpeg.progress = &reading->progress;
  read_picture(reading);
}

ImageCodecStatus image_codecs_decode_jpeg(const uint8_t *bytes, size_t byte_count,
                                          ImageCodecSize expected, uint8_t *samples,
                                          char *message, size_t message_capacity) {
  Reading reading = {
      .bytes = bytes,
      .count = byte_count,
      .expected = expected,
      .samples = samples,
      .message = {message, message_capacity},
      .status = ImageCodecSucceeded,
  };
  read_guarded(&reading);
  if (reading.created) jpeg_destroy_decompress(&reading.jpeg);
  free(reading.row);
  return reading.status;
}
