// WebP bytes to samples of 8 bits, and back without loss.

#include <stdlib.h>
#include <webp/decode.h>
#include <webp/encode.h>

#include "image_codecs.h"
#include "message.h"

static ImageCodecStatus status_of(VP8StatusCode code, Message message) {
  switch (code) {
    case VP8_STATUS_OK:
      return ImageCodecSucceeded;
    case VP8_STATUS_OUT_OF_MEMORY:
      message_set(message, "out of memory");
      return ImageCodecOutOfMemory;
    case VP8_STATUS_SUSPENDED:
    case VP8_STATUS_NOT_ENOUGH_DATA:
      message_set(message, "the data end before the picture does");
      return ImageCodecTruncated;
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      message_set(message, "a feature that libwebp does not know");
      return ImageCodecUnsupported;
    default:
      message_set(message, "bitstream error");
      return ImageCodecCorrupt;
  }
}

ImageCodecStatus image_codecs_describe_webp(const uint8_t *bytes, size_t byte_count,
                                            ImageCodecSize *size, char *message,
                                            size_t message_capacity) {
  Message text = {message, message_capacity};
  WebPBitstreamFeatures features;
  ImageCodecStatus status = status_of(WebPGetFeatures(bytes, byte_count, &features), text);
  if (status != ImageCodecSucceeded) return status;
  if (features.has_animation) {
    message_set(text, "an animation");
    return ImageCodecUnsupported;
  }
  *size = (ImageCodecSize){(uint32_t)features.width, (uint32_t)features.height,
                           features.has_alpha ? 4 : 3, ImageCodecUnsigned8};
  return ImageCodecSucceeded;
}

ImageCodecStatus image_codecs_decode_webp(const uint8_t *bytes, size_t byte_count,
                                          ImageCodecSize expected, uint8_t *samples,
                                          char *message, size_t message_capacity) {
  Message text = {message, message_capacity};
  ImageCodecSize found;
  ImageCodecStatus status =
      image_codecs_describe_webp(bytes, byte_count, &found, message, message_capacity);
  if (status != ImageCodecSucceeded) return status;
  if (found.width != expected.width || found.height != expected.height ||
      found.channels != expected.channels) {
    message_set(text, "two headers of different size");
    return ImageCodecCorrupt;
  }
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) {
    message_set(text, "another release of libwebp");
    return ImageCodecUnsupported;
  }
  size_t row_bytes = (size_t)expected.width * expected.channels;
  config.output.colorspace = expected.channels == 4 ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = samples;
  config.output.u.RGBA.stride = (int)row_bytes;
  config.output.u.RGBA.size = row_bytes * expected.height;
  status = status_of(WebPDecode(bytes, byte_count, &config), text);
  WebPFreeDecBuffer(&config.output);
  return status;
}

ImageCodecStatus image_codecs_encode_webp(const uint8_t *samples, ImageCodecSize size,
                                          uint8_t **encoded, size_t *encoded_count, char *message,
                                          size_t message_capacity) {
  Message text = {message, message_capacity};
  *encoded = NULL;
  *encoded_count = 0;
  if (size.sample != ImageCodecUnsigned8 || (size.channels != 3 && size.channels != 4) ||
      size.width > WEBP_MAX_DIMENSION || size.height > WEBP_MAX_DIMENSION) {
    message_set(text, "a WebP has 8 bits, 3 or 4 channels and sides up to 16383");
    return ImageCodecUnsupported;
  }
  WebPConfig config;
  WebPPicture picture;
  if (!WebPConfigInit(&config) || !WebPConfigLosslessPreset(&config, 4) ||
      !WebPPictureInit(&picture)) {
    message_set(text, "another release of libwebp");
    return ImageCodecUnsupported;
  }
  config.exact = 1;  // also the colours of transparent pixels
  picture.use_argb = 1;
  picture.width = (int)size.width;
  picture.height = (int)size.height;
  WebPMemoryWriter writer;
  WebPMemoryWriterInit(&writer);
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &writer;
  int row_bytes = (int)(size.width * size.channels);
  int imported = size.channels == 4 ? WebPPictureImportRGBA(&picture, samples, row_bytes)
                                    : WebPPictureImportRGB(&picture, samples, row_bytes);
  int is_encoded = imported && WebPEncode(&config, &picture);
  WebPPictureFree(&picture);
  // A copy, because the library's memory is not to be released with free().
  uint8_t *copy = is_encoded ? malloc(writer.size) : NULL;
  if (copy != NULL) {
    for (size_t i = 0; i < writer.size; i++) copy[i] = writer.mem[i];
    *encoded = copy;
    *encoded_count = writer.size;
  }
  WebPMemoryWriterClear(&writer);
  if (copy == NULL) {
    message_set(text, "out of memory");
    return ImageCodecOutOfMemory;
  }
  return ImageCodecSucceeded;
}
