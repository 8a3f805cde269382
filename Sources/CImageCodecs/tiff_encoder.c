// Samples to TIFF bytes in memory, without compression.

#include "tiff_memory.h"

static void set_tags(TIFF *tiff, ImageCodecSize size, ImageCodecTIFFOptions options) {
  size_t bytes = image_codecs_sample_bytes(size.sample);
  bool is_float = size.sample >= ImageCodecFloat16;
  bool is_signed = size.sample >= ImageCodecSigned8 && size.sample <= ImageCodecSigned64;
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, size.width);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, size.height);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, (int)(8 * bytes));
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, (int)size.channels);
  TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT,
               is_float ? SAMPLEFORMAT_IEEEFP : is_signed ? SAMPLEFORMAT_INT : SAMPLEFORMAT_UINT);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC,
               size.channels >= 3      ? PHOTOMETRIC_RGB
               : options.zero_is_white ? PHOTOMETRIC_MINISWHITE
                                       : PHOTOMETRIC_MINISBLACK);
  if (size.channels % 2 == 0) {
    uint16_t alpha = options.premultiplied ? EXTRASAMPLE_ASSOCALPHA : EXTRASAMPLE_UNASSALPHA;
    TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, &alpha);
  }
  if (options.resolution.unit != 0) {
    TIFFSetField(tiff, TIFFTAG_XRESOLUTION, options.resolution.x);
    TIFFSetField(tiff, TIFFTAG_YRESOLUTION, options.resolution.y);
    TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, (int)options.resolution.unit);
  }
  if (options.profile_count > 0) {
    TIFFSetField(tiff, TIFFTAG_ICCPROFILE, (uint32_t)options.profile_count, options.profile);
  }
  if (options.description != NULL) {
    TIFFSetField(tiff, TIFFTAG_IMAGEDESCRIPTION, options.description);
  }
  if (options.artist != NULL) TIFFSetField(tiff, TIFFTAG_ARTIST, options.artist);
  if (options.copyright != NULL) TIFFSetField(tiff, TIFFTAG_COPYRIGHT, options.copyright);
  if (options.date_time != NULL) TIFFSetField(tiff, TIFFTAG_DATETIME, options.date_time);
}

static void write_strips(TIFF *tiff, TIFFMemory *memory, ImageCodecSize size,
                         const uint8_t *samples) {
  size_t row_bytes =
      (size_t)size.width * size.channels * image_codecs_sample_bytes(size.sample);
  // Strips of about 256 KiB: few calls, and parts can still be read.
  size_t rows = (256 << 10) / row_bytes;
  if (rows < 1) rows = 1;
  if (rows > size.height) rows = size.height;
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, (uint32_t)rows);
  uint32_t strip = 0;
  for (size_t row = 0; row < size.height; row += rows, strip++) {
    size_t count = size.height - row < rows ? size.height - row : rows;
    // libtiff changes the bytes only for another byte order or a compression.
    void *source = (void *)(samples + row * row_bytes);
    if (TIFFWriteEncodedStrip(tiff, strip, source, (tmsize_t)(count * row_bytes)) < 0) {
      tiff_memory_fail(memory, ImageCodecOutOfMemory, "libtiff could not write");
      return;
    }
  }
}

ImageCodecStatus image_codecs_encode_tiff(const void *samples, ImageCodecSize size,
                                          ImageCodecTIFFOptions options, uint8_t **encoded,
                                          size_t *encoded_count, char *message,
                                          size_t message_capacity) {
  *encoded = NULL;
  *encoded_count = 0;
  GrowingBytes target = {0};
  TIFFMemory memory = {.target = &target, .message = {message, message_capacity}};
  uint64_t total = (uint64_t)size.width * size.height * size.channels *
                   image_codecs_sample_bytes(size.sample);
  if (size.channels < 1 || size.channels > 4 || total > SIZE_MAX / 4) {
    tiff_memory_fail(&memory, ImageCodecUnsupported, "a TIFF has 1 to 4 channels");
    return memory.status;
  }
  // All at once, so that growing copies nothing.
  if (!growing_reserve(&target, (size_t)total + options.profile_count + (64 << 10))) {
    tiff_memory_fail(&memory, ImageCodecOutOfMemory, "not enough memory for the TIFF");
    return memory.status;
  }
  TIFF *tiff = tiff_memory_open(&memory, total > 4000000000u ? "w8" : "w");
  if (tiff != NULL) {
    set_tags(tiff, size, options);
    write_strips(tiff, &memory, size, samples);
    TIFFClose(tiff);  // writes the directory, and reports failures to the memory
  }
  if (memory.status != ImageCodecSucceeded) {
    free(target.bytes);
    return memory.status;
  }
  *encoded = target.bytes;
  *encoded_count = target.count;
  return ImageCodecSucceeded;
}
