// Samples of 8 bits to JPEG bytes in memory.

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

typedef struct {
  struct jpeg_error_mgr errors;
  struct jpeg_compress_struct jpeg;
  bool created;
  const uint8_t *samples;
  ImageCodecSize size;
  int quality;
  ImageCodecResolution resolution;
  unsigned char *bytes;
  unsigned long count;
  Message message;
  ImageCodecStatus status;
  jmp_buf jump;
} Writing;

static void on_error(j_common_ptr jpeg) {
  Writing *writing = jpeg->client_data;
  char text[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, text);
  message_set(writing->message, text);
  writing->status = jpeg->err->msg_code == JERR_OUT_OF_MEMORY ? ImageCodecOutOfMemory
                                                              : ImageCodecUnsupported;
  longjmp(writing->jump, 1);
}

static void on_message(j_common_ptr jpeg, int level) {
  (void)jpeg;
  (void)level;
}

static UINT16 density(double value) {
  return value >= 65535 ? 65535 : value >= 0.5 ? (UINT16)(value + 0.5) : 1;
}

static void write_picture(Writing *writing) {
  j_compress_ptr jpeg = &writing->jpeg;
  jpeg_mem_dest(jpeg, &writing->bytes, &writing->count);
  jpeg->image_width = writing->size.width;
  jpeg->image_height = writing->size.height;
  jpeg->input_components = (int)writing->size.channels;
  jpeg->in_color_space = writing->size.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(jpeg);
  jpeg_set_quality(jpeg, writing->quality, TRUE);
  for (int i = 0; i < jpeg->num_components; i++) {
    jpeg->comp_info[i].h_samp_factor = 1;
    jpeg->comp_info[i].v_samp_factor = 1;
  }
  if (writing->resolution.unit != 0) {
    // JFIF: 0 a ratio, 1 per inch, 2 per centimetre.
    jpeg->density_unit = (UINT8)(writing->resolution.unit - 1);
    jpeg->X_density = density(writing->resolution.x);
    jpeg->Y_density = density(writing->resolution.y);
  }
  jpeg_start_compress(jpeg, TRUE);
  size_t row_bytes = (size_t)writing->size.width * writing->size.channels;
  for (size_t y = 0; y < writing->size.height; y++) {
    JSAMPLE *row = (JSAMPLE *)(writing->samples + y * row_bytes);  // only read
    jpeg_write_scanlines(jpeg, &row, 1);
  }
  jpeg_finish_compress(jpeg);
}

// Holds the only setjmp; its one variable isn't changed after it.
static void write_guarded(Writing *writing) {
  if (setjmp(writing->jump) != 0) return;
  writing->jpeg.err = jpeg_std_error(&writing->errors);
  writing->errors.error_exit = on_error;
  writing->errors.emit_message = on_message;
  writing->jpeg.client_data = writing;
  writing->created = true;
  jpeg_create_compress(&writing->jpeg);  // keeps err and client_data
  write_picture(writing);
}

ImageCodecStatus image_codecs_encode_jpeg(const uint8_t *samples, ImageCodecSize size, int quality,
                                          ImageCodecResolution resolution, uint8_t **encoded,
                                          size_t *encoded_count, char *message,
                                          size_t message_capacity) {
  Writing writing = {
      .samples = samples,
      .size = size,
      .quality = quality,
      .resolution = resolution,
      .message = {message, message_capacity},
      .status = ImageCodecSucceeded,
  };
  *encoded = NULL;
  *encoded_count = 0;
  if (size.sample != ImageCodecUnsigned8 || (size.channels != 1 && size.channels != 3)) {
    message_set(writing.message, "a JPEG has 8 bits and 1 or 3 channels");
    return ImageCodecUnsupported;
  }
  write_guarded(&writing);
  if (writing.created) jpeg_destroy_compress(&writing.jpeg);
  if (writing.status != ImageCodecSucceeded) {
    free(writing.bytes);
    return writing.status;
  }
  *encoded = writing.bytes;
  *encoded_count = writing.count;
  return ImageCodecSucceeded;
}
