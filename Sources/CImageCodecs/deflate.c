// zlib's streams of unknown length, within a limit.

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "growing_bytes.h"
#include "image_codecs.h"

static uInt piece_of(size_t count) { return count > (1u << 30) ? (1u << 30) : (uInt)count; }

ImageCodecStatus image_codecs_inflate(const uint8_t *bytes, size_t byte_count, int is_raw,
                                      size_t limit, uint8_t **inflated, size_t *inflated_count) {
  *inflated = NULL;
  *inflated_count = 0;
  z_stream stream = {0};
  if (inflateInit2(&stream, is_raw ? -15 : 15) != Z_OK) return ImageCodecOutOfMemory;
  GrowingBytes target = {0};
  size_t taken = 0;
  ImageCodecStatus status = ImageCodecSucceeded;
  int code = Z_OK;
  while (code != Z_STREAM_END) {
    if (stream.avail_in == 0) {
      if (taken == byte_count) {
        status = ImageCodecTruncated;
        break;
      }
      stream.next_in = (Bytef *)(bytes + taken);
      stream.avail_in = piece_of(byte_count - taken);
      taken += stream.avail_in;
    }
    // One byte beyond the limit, so that reaching the limit is no error.
    size_t room = limit - target.count < 65536 ? limit - target.count + 1 : 65536;
    if (room < target.count / 2 && target.count / 2 <= limit - target.count) {
      room = target.count / 2;
    }
    if (!growing_reserve(&target, target.count + room)) {
      status = ImageCodecOutOfMemory;
      break;
    }
    stream.next_out = target.bytes + target.count;
    stream.avail_out = piece_of(room);
    uInt before = stream.avail_out;
    code = inflate(&stream, Z_NO_FLUSH);
    target.count += before - stream.avail_out;
    if (target.count > limit ||
        (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)) {
      status = code == Z_MEM_ERROR ? ImageCodecOutOfMemory : ImageCodecCorrupt;
      break;
    }
  }
  inflateEnd(&stream);
  if (status != ImageCodecSucceeded) {
    free(target.bytes);
    return status;
  }
  *inflated = target.bytes;
  *inflated_count = target.count;
  return ImageCodecSucceeded;
}

ImageCodecStatus image_codecs_inflate_start(const uint8_t *bytes, size_t byte_count, int is_raw,
                                            uint8_t *target, size_t capacity,
                                            size_t *target_count) {
  *target_count = 0;
  z_stream stream = {0};
  if (inflateInit2(&stream, is_raw ? -15 : 15) != Z_OK) return ImageCodecOutOfMemory;
  // A beginning that needs more than a piece of the stream is none.
  stream.next_in = (Bytef *)bytes;
  stream.avail_in = piece_of(byte_count);
  stream.next_out = target;
  stream.avail_out = piece_of(capacity);
  uInt before = stream.avail_out;
  int code = inflate(&stream, Z_SYNC_FLUSH);
  *target_count = before - stream.avail_out;
  inflateEnd(&stream);
  if (code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR) return ImageCodecSucceeded;
  return code == Z_MEM_ERROR ? ImageCodecOutOfMemory : ImageCodecCorrupt;
}

ImageCodecStatus image_codecs_deflate(const uint8_t *bytes, size_t byte_count, uint8_t **deflated,
                                      size_t *deflated_count) {
  *deflated = NULL;
  *deflated_count = 0;
  if (byte_count > UINT_MAX / 2) return ImageCodecUnsupported;
  uLongf count = compressBound((uLong)byte_count);
  uint8_t *target = malloc(count);
  if (target == NULL) return ImageCodecOutOfMemory;
  if (compress2(target, &count, bytes, (uLong)byte_count, Z_DEFAULT_COMPRESSION) != Z_OK) {
    free(target);
    return ImageCodecOutOfMemory;
  }
  *deflated = target;
  *deflated_count = count;
  return ImageCodecSucceeded;
}

uint32_t image_codecs_checksum(const uint8_t *bytes, size_t byte_count) {
  uLong sum = crc32(0, NULL, 0);
  while (byte_count > 0) {
    uInt piece = piece_of(byte_count);
    sum = crc32(sum, bytes, piece);
    bytes += piece;
    byte_count -= piece;
  }
  return (uint32_t)sum;
}
