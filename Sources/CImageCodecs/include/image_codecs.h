// Samples from the bytes of picture files, and files from samples.
//
// A thin, safe layer over libpng, libjpeg, libtiff, libwebp and zlib. The caller has parsed the
// header, checked the size against its limits and allocated the memory; these functions check that
// the library reads the same size from the same bytes, and fill that memory. Nothing is printed:
// what the library has to say is copied into the caller's message buffer. No longjmp ever leaves
// the function that was called.
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

/// What one sample is, in memory in the byte order of the machine.
typedef enum ImageCodecSample {
  ImageCodecUnsigned8 = 0,
  ImageCodecUnsigned16,
  ImageCodecUnsigned32,
  ImageCodecUnsigned64,
  ImageCodecSigned8,
  ImageCodecSigned16,
  ImageCodecSigned32,
  ImageCodecSigned64,
  /// IEEE 754 binary16.
  ImageCodecFloat16,
  ImageCodecFloat32,
  ImageCodecFloat64,
} ImageCodecSample;

/// A picture's size and samples as they are stored, before any rotation.
typedef struct ImageCodecSize {
  uint32_t width;
  uint32_t height;
  /// Channels as decoded: 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA.
  uint32_t channels;
  ImageCodecSample sample;
} ImageCodecSize;

/// Bytes of one sample.
size_t image_codecs_sample_bytes(ImageCodecSample sample);

// MARK: PNG

/// Decodes PNG bytes into samples of 8 or 16 bits, row-major [height, width, channels].
///
/// Palettes become RGB, transparency chunks become alpha, samples of 1, 2 and 4 bits become 8 bits,
/// no gamma is applied. A checksum error in a critical chunk is an error; other chunks with one are
/// passed over.
///
/// `message` receives one line of text when the status isn't ImageCodecSucceeded.
ImageCodecStatus image_codecs_decode_png(const uint8_t *bytes, size_t byte_count,
                                         ImageCodecSize expected, void *samples, char *message,
                                         size_t message_capacity);

/// Encodes samples of 8 or 16 bits, row-major [height, width, channels], as a PNG.
///
/// On success `*encoded` is memory that the caller releases with free().
ImageCodecStatus image_codecs_encode_png(const void *samples, ImageCodecSize size,
                                         uint8_t **encoded, size_t *encoded_count, char *message,
                                         size_t message_capacity);

// MARK: JPEG

/// Decodes JPEG bytes into samples of 8 bits, row-major [height, width, channels].
///
/// Grey stays grey (1 channel); YCbCr, RGB, CMYK and YCCK become RGB (3 channels), the latter
/// two by the product of ink transmissions, without colour profiles. With an Adobe marker the
/// four inks are stored inverted, as Adobe's programs write them; without, they are not.
/// EXIF rotation isn't applied.
ImageCodecStatus image_codecs_decode_jpeg(const uint8_t *bytes, size_t byte_count,
                                          ImageCodecSize expected, uint8_t *samples,
                                          char *message, size_t message_capacity);

/// A resolution in pixels per unit.
typedef struct ImageCodecResolution {
  /// 0 there is none, 1 only the ratio of the two is meant, 2 per inch, 3 per centimetre (as in
  /// TIFF).
  uint32_t unit;
  double x;
  double y;
} ImageCodecResolution;

/// Encodes samples of 8 bits of 1 or 3 channels as a JPEG without subsampled colours.
///
/// On success `*encoded` is memory that the caller releases with free().
ImageCodecStatus image_codecs_encode_jpeg(const uint8_t *samples, ImageCodecSize size, int quality,
                                          ImageCodecResolution resolution, uint8_t **encoded,
                                          size_t *encoded_count, char *message,
                                          size_t message_capacity);

// MARK: TIFF

/// The bytes of a file: in memory, or where they lie on disk.
typedef struct ImageCodecBytes {
  /// NULL for a file on disk.
  const uint8_t *bytes;
  size_t count;
  /// An open file, which is read at places and never mapped: another program may cut it short.
  int descriptor;
} ImageCodecBytes;

/// One page of a TIFF.
typedef struct ImageCodecTIFFPage {
  /// As decoded, before any rotation.
  ImageCodecSize size;
  /// Bits of a sample that carry something: 12 of 16 in a 12-bit file.
  uint32_t significant_bits;
  /// EXIF orientation, 1 to 8.
  uint32_t orientation;
  /// 0 is white and the largest value black.
  uint32_t zero_is_white;
  /// Colours are multiplied by alpha.
  uint32_t premultiplied;
  /// A thumbnail or a mask, which is a page only in a file without another one.
  uint32_t is_auxiliary;
  ImageCodecResolution resolution;
  /// Bytes of the samples where they lie uncompressed in the file; otherwise 0.
  uint64_t uncompressed_bytes;
} ImageCodecTIFFPage;

/// The number of pages of a TIFF, at most 65536; 0 for bytes that are no TIFF.
///
/// Thumbnails and masks of other pages are no pages, unless the file has nothing else. Pages are counted in this
/// way wherever a page is named.
uint32_t image_codecs_tiff_page_count(ImageCodecBytes source);

/// Reads what a page of a TIFF is, without its pixels.
///
/// - page: counted from 0.
ImageCodecStatus image_codecs_describe_tiff(ImageCodecBytes source, uint32_t page,
                                            ImageCodecTIFFPage *description, char *message,
                                            size_t message_capacity);

/// Decodes a page into samples of the described type, row-major [height, width, channels].
///
/// Palettes become RGB of 8 or 16 bits; inks, L*a*b* and the like become RGB of 8 bits.
ImageCodecStatus image_codecs_decode_tiff(ImageCodecBytes source, uint32_t page,
                                          ImageCodecSize expected, void *samples, char *message,
                                          size_t message_capacity);

/// A copy of a page's ICC profile; false where there is none. The caller releases it with free().
int image_codecs_copy_tiff_profile(ImageCodecBytes source, uint32_t page, uint8_t **copy,
                                   size_t *copy_count);

/// A copy of a text of a page, such as its ImageDescription (270); false where there is none. The caller
/// releases it with free().
int image_codecs_copy_tiff_text(ImageCodecBytes source, uint32_t page, uint32_t tag, char **copy);

/// The names of a page's tags that hold something and that nothing else here reads, one a line; false
/// where there are none. The caller releases them with free().
int image_codecs_copy_tiff_other_tags(ImageCodecBytes source, uint32_t page, char **names);

/// What a TIFF says beside its samples.
typedef struct ImageCodecTIFFOptions {
  uint32_t zero_is_white;
  uint32_t premultiplied;
  ImageCodecResolution resolution;
  const uint8_t *profile;
  size_t profile_count;
  /// NULL for none, as all texts.
  const char *description;
  const char *artist;
  const char *copyright;
  const char *date_time;
} ImageCodecTIFFOptions;

/// Encodes samples as a TIFF of one page without compression.
///
/// On success `*encoded` is memory that the caller releases with free().
ImageCodecStatus image_codecs_encode_tiff(const void *samples, ImageCodecSize size,
                                          ImageCodecTIFFOptions options, uint8_t **encoded,
                                          size_t *encoded_count, char *message,
                                          size_t message_capacity);

// MARK: WebP

/// Reads the size of a WebP, without its pixels; animations aren't supported.
ImageCodecStatus image_codecs_describe_webp(const uint8_t *bytes, size_t byte_count,
                                            ImageCodecSize *size, char *message,
                                            size_t message_capacity);

/// Decodes WebP bytes into samples of 8 bits of 3 or 4 channels.
ImageCodecStatus image_codecs_decode_webp(const uint8_t *bytes, size_t byte_count,
                                          ImageCodecSize expected, uint8_t *samples,
                                          char *message, size_t message_capacity);

/// Encodes samples of 8 bits of 3 or 4 channels as a lossless WebP.
///
/// On success `*encoded` is memory that the caller releases with free().
ImageCodecStatus image_codecs_encode_webp(const uint8_t *samples, ImageCodecSize size,
                                          uint8_t **encoded, size_t *encoded_count, char *message,
                                          size_t message_capacity);

// MARK: zlib

/// Inflates bytes of unknown length up to a limit.
///
/// - is_raw: a deflate stream alone, as in a zip file, instead of a zlib stream.
/// - limit: more bytes than this are ImageCodecCorrupt.
///
/// On success `*inflated` is memory that the caller releases with free().
ImageCodecStatus image_codecs_inflate(const uint8_t *bytes, size_t byte_count, int is_raw,
                                      size_t limit, uint8_t **inflated, size_t *inflated_count);

/// Inflates the first `capacity` bytes of a stream, or all of a shorter one; what follows is not read.
///
/// - is_raw: as for `image_codecs_inflate`.
/// - target_count: receives the number of bytes, also where the stream is damaged behind them.
ImageCodecStatus image_codecs_inflate_start(const uint8_t *bytes, size_t byte_count, int is_raw,
                                            uint8_t *target, size_t capacity,
                                            size_t *target_count);

/// Deflates bytes to a zlib stream; the caller releases `*deflated` with free().
ImageCodecStatus image_codecs_deflate(const uint8_t *bytes, size_t byte_count, uint8_t **deflated,
                                      size_t *deflated_count);

/// CRC-32 as in PNG and zip files.
uint32_t image_codecs_checksum(const uint8_t *bytes, size_t byte_count);

// MARK: Samples

/// Samples as values: `black` becomes 0 and `white` 1, in between linearly.
///
/// - count: samples, of which every `stride`-th is converted, into the same place of `values`.
void image_codecs_samples_to_values(const void *samples, ImageCodecSample sample, size_t count,
                                    size_t stride, double black, double white, float *values);

/// Values as samples, the inverse; whole numbers are rounded and clipped to `lowest`...`highest`,
/// and a value that is not a number becomes the sample of 0.
void image_codecs_values_to_samples(const float *values, ImageCodecSample sample, size_t count,
                                    size_t stride, double black, double white, double lowest,
                                    double highest, void *samples);

/// Smallest and largest finite sample.
typedef struct ImageCodecRange {
  double smallest;
  double largest;
  /// Samples that are finite; without any the others are 0.
  size_t finite_count;
} ImageCodecRange;

/// The range of every `stride`-th of `count` samples.
ImageCodecRange image_codecs_sample_range(const void *samples, ImageCodecSample sample,
                                          size_t count, size_t stride);

/// Adds every `stride`-th of `count` samples of 8 bits to the counts of the 256 values.
void image_codecs_count_bytes(const uint8_t *samples, size_t count, size_t stride,
                              uint64_t counts[256]);

/// Adds every `stride`-th of `count` samples to a histogram of `bins` equal parts of
/// `low`...`high`; samples beyond it count in the outermost parts, those that are not finite not.
void image_codecs_count_samples(const void *samples, ImageCodecSample sample, size_t count,
                                size_t stride, double low, double high, uint64_t *counts,
                                size_t bins);

#endif
