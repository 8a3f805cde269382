// TIFF bytes to samples, through libtiff: what a page is, and its strips or tiles.

#include <string.h>

#include "tiff_memory.h"
#include "tiff_pages.h"

// How the samples of a page are had.
typedef enum {
  ModeDirect,   // as they are stored, unpacked to 8 or 16 bits where they are fewer
  ModePalette,  // by the colour map
  ModeColors,   // by libtiff's conversion to RGBA of 8 bits
} Mode;

typedef struct {
  Mode mode;
  ImageCodecTIFFPage page;
  uint16_t bits;        // as stored
  uint16_t stored;      // samples of a pixel as stored
  bool is_planar;
  bool inverts;         // fewer than 8 bits with 0 for white
  uint32_t scale;       // 255 over the largest sample of fewer than 8 bits; otherwise 1
  int palette_shift;    // how a colour map's 16 bits become 8: 0 not at all, 8 by the upper half
  uint16_t *red, *green, *blue;
} Layout;

static TIFF *open_page(TIFFMemory *memory, uint32_t page) {
  TIFF *tiff = tiff_memory_open(memory, "r");
  if (tiff == NULL) return NULL;
  // The first directory is open already.
  uint64_t place = tiff_page_offset(memory->source, page);
  if (place == 0 || (place != TIFFCurrentDirOffset(tiff) && !TIFFSetSubDirectory(tiff, place))) {
    tiff_memory_fail(memory, ImageCodecUnsupported, "it has fewer pages");
    TIFFClose(tiff);
    return NULL;
  }
  return tiff;
}

static bool is_auxiliary(TIFF *tiff) {
  uint32_t subfile = 0;
  TIFFGetField(tiff, TIFFTAG_SUBFILETYPE, &subfile);
  return (subfile & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) != 0;
}

// Whether every entry of a colour map is one of 8 bits, and how it is written.
static int palette_shift(const Layout *layout) {
  size_t count = (size_t)1 << layout->bits;
  bool is_small = true, is_repeated = true, is_upper = true;
  const uint16_t *maps[] = {layout->red, layout->green, layout->blue};
  for (size_t map = 0; map < 3; map++) {
    for (size_t i = 0; i < count; i++) {
      uint16_t value = maps[map][i];
      is_small = is_small && value < 256;
      is_repeated = is_repeated && value % 257 == 0;
      is_upper = is_upper && value % 256 == 0;
    }
  }
  return is_small ? 1 : is_repeated || is_upper ? 8 : 0;
}

static bool unsupported(TIFFMemory *memory, const char *text) {
  tiff_memory_fail(memory, ImageCodecUnsupported, text);
  return false;
}

static const char other_channels[] =
    "channels that are neither grey, RGB nor alpha: save each as a page of its own";

// The type of samples that are taken as they are.
static bool direct_sample(TIFFMemory *memory, uint16_t bits, uint16_t format, Layout *layout) {
  ImageCodecSample *sample = &layout->page.size.sample;
  layout->page.significant_bits = bits;
  layout->scale = 1;
  switch (format) {
    case SAMPLEFORMAT_UINT:
    case SAMPLEFORMAT_VOID:
      if (bits == 32) *sample = ImageCodecUnsigned32;
      else if (bits == 64) *sample = ImageCodecUnsigned64;
      else if (bits >= 1 && bits <= 8) *sample = ImageCodecUnsigned8;
      else if (bits <= 16) *sample = ImageCodecUnsigned16;
      else return unsupported(memory, "whole numbers of an unusual number of bits");
      if (bits == 1 || bits == 2 || bits == 4) {
        layout->scale = 255u / ((1u << bits) - 1);
        layout->page.significant_bits = 8;
      }
      return true;
    case SAMPLEFORMAT_INT:
      if (bits == 8) *sample = ImageCodecSigned8;
      else if (bits == 16) *sample = ImageCodecSigned16;
      else if (bits == 32) *sample = ImageCodecSigned32;
      else if (bits == 64) *sample = ImageCodecSigned64;
      else return unsupported(memory, "signed numbers of an unusual number of bits");
      return true;
    case SAMPLEFORMAT_IEEEFP:
      if (bits == 16) *sample = ImageCodecFloat16;
      else if (bits == 32) *sample = ImageCodecFloat32;
      else if (bits == 64) *sample = ImageCodecFloat64;
      else return unsupported(memory, "floating-point numbers of an unusual number of bits");
      return true;
    default:
      return unsupported(memory, "complex numbers");
  }
}

static bool describe(TIFF *tiff, TIFFMemory *memory, Layout *layout) {
  *layout = (Layout){0};
  ImageCodecTIFFPage *page = &layout->page;
  uint16_t format, compression, photometric, planar, extra_count = 0, *extras = NULL;
  if (!TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &page->size.width) ||
      !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &page->size.height)) {
    tiff_memory_fail(memory, ImageCodecCorrupt, "a page without a size");
    return false;
  }
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &layout->bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &layout->stored);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &compression);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
  // Without the tag libtiff makes up extra samples that mean nothing; programs that leave it out mean alpha.
  bool has_extras_tag = TIFFGetField(tiff, TIFFTAG_EXTRASAMPLES, &extra_count, &extras);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &extra_count, &extras);
  if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric)) {
    // A fax is black on white.
    bool is_fax = compression == COMPRESSION_CCITTRLE || compression == COMPRESSION_CCITTRLEW ||
                  compression == COMPRESSION_CCITTFAX3 || compression == COMPRESSION_CCITTFAX4;
    photometric = layout->stored >= 3 ? PHOTOMETRIC_RGB
                  : is_fax            ? PHOTOMETRIC_MINISWHITE
                                      : PHOTOMETRIC_MINISBLACK;
  }
  if (!TIFFIsCODECConfigured(compression)) {
    char text[80];
    snprintf(text, sizeof text, "its compression %u is not built into libtiff", compression);
    return unsupported(memory, text);
  }

  uint16_t orientation = 1, unit = RESUNIT_INCH;
  page->is_auxiliary = is_auxiliary(tiff);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &orientation);
  page->orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
  float x = 0, y = 0;
  if (TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &x) && TIFFGetField(tiff, TIFFTAG_YRESOLUTION, &y) &&
      x > 0 && y > 0 && x < 1e30f && y < 1e30f) {
    TIFFGetFieldDefaulted(tiff, TIFFTAG_RESOLUTIONUNIT, &unit);
    page->resolution = (ImageCodecResolution){unit >= 1 && unit <= 3 ? unit : 1, x, y};
  }

  layout->is_planar = planar == PLANARCONFIG_SEPARATE && layout->stored > 1;
  uint16_t colors = layout->stored > extra_count ? layout->stored - extra_count : 0;
  bool has_alpha = extra_count == 1 && extras != NULL && extras[0] != EXTRASAMPLE_UNSPECIFIED;
  page->premultiplied = has_alpha && extras[0] == EXTRASAMPLE_ASSOCALPHA;
  // A fourth sample that is not declared to be alpha is a measurement, such as near infrared.
  bool can_end_in_alpha = !has_extras_tag || extra_count == 0 || extras == NULL ||
                          extras[extra_count - 1] != EXTRASAMPLE_UNSPECIFIED;
  switch (photometric) {
    case PHOTOMETRIC_MINISBLACK:
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MASK:
      if (layout->stored == 1 || (layout->stored == 2 && has_alpha)) {
        page->size.channels = layout->stored;
      } else if ((layout->stored == 3 || (layout->stored == 4 && can_end_in_alpha)) && !has_alpha) {
        // Programs that write arrays call three channels grey with extra samples.
        page->size.channels = layout->stored;
        page->premultiplied = 0;
      } else {
        return unsupported(memory, other_channels);
      }
      break;
    case PHOTOMETRIC_RGB:
      if (layout->stored != 3 && layout->stored != 4) {
        return unsupported(memory, "a number of channels other than 1 to 4");
      }
      if (layout->stored == 4 && !can_end_in_alpha) return unsupported(memory, other_channels);
      page->size.channels = layout->stored;
      break;
    case PHOTOMETRIC_PALETTE:
      if (layout->stored != 1 || layout->bits > 8 ||
          !TIFFGetField(tiff, TIFFTAG_COLORMAP, &layout->red, &layout->green, &layout->blue)) {
        return unsupported(memory, "an unusual palette");
      }
      layout->mode = ModePalette;
      layout->scale = 1;
      layout->palette_shift = palette_shift(layout);
      page->size.channels = 3;
      page->size.sample = layout->palette_shift == 0 ? ImageCodecUnsigned16 : ImageCodecUnsigned8;
      page->significant_bits = layout->palette_shift == 0 ? 16 : 8;
      return true;
    case PHOTOMETRIC_YCBCR:
      if (compression == COMPRESSION_JPEG && layout->stored == 3 && layout->bits == 8 &&
          !layout->is_planar) {
        TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
        page->size.channels = 3;
        break;
      }
      // fallthrough
    default: {
      char reason[1024] = "";
      if (photometric == PHOTOMETRIC_CFA || !TIFFRGBAImageOK(tiff, reason)) {
        return unsupported(memory, reason[0] ? reason : "a camera's raw picture");
      }
      layout->mode = ModeColors;
      page->size.channels = has_alpha && colors >= 3 ? 4 : 3;
      page->premultiplied = page->size.channels == 4;
      page->size.sample = ImageCodecUnsigned8;
      page->significant_bits = 8;
      return true;
    }
  }
  if (!direct_sample(memory, layout->bits, format, layout)) return false;
  if (photometric == PHOTOMETRIC_MINISWHITE && page->size.sample <= ImageCodecUnsigned64) {
    layout->inverts = layout->bits < 8;
    page->zero_is_white = layout->bits >= 8 && page->size.channels <= 2;
  }
  if (compression == COMPRESSION_NONE) {
    page->uncompressed_bytes =
        (uint64_t)page->size.width * layout->stored * layout->bits / 8 * page->size.height;
  }
  return true;
}

ImageCodecStatus image_codecs_describe_tiff(ImageCodecBytes source, uint32_t page,
                                           ImageCodecTIFFPage *description, char *message,
                                            size_t message_capacity) {
  TIFFMemory memory = {.source = source, .message = {message, message_capacity}};
  TIFF *tiff = open_page(&memory, page);
  if (tiff == NULL) return memory.status;
  Layout layout;
  bool is_known = describe(tiff, &memory, &layout);
  TIFFClose(tiff);
  if (!is_known) return memory.status;
  *description = layout.page;
  return ImageCodecSucceeded;
}

int image_codecs_copy_tiff_profile(ImageCodecBytes source, uint32_t page,
                                           uint8_t **copy, size_t *copy_count) {
  TIFFMemory memory = {.source = source};
  TIFF *tiff = open_page(&memory, page);
  if (tiff == NULL) return 0;
  uint32_t count = 0;
  void *profile = NULL;
  uint8_t *copied = NULL;
  if (TIFFGetField(tiff, TIFFTAG_ICCPROFILE, &count, &profile) && count > 0 && profile != NULL) {
    copied = malloc(count);
    if (copied != NULL) memcpy(copied, profile, count);
  }
  TIFFClose(tiff);
  *copy = copied;
  *copy_count = count;
  return copied != NULL;
}

int image_codecs_copy_tiff_text(ImageCodecBytes source, uint32_t page, uint32_t tag, char **copy) {
  *copy = NULL;
  TIFFMemory memory = {.source = source};
  TIFF *tiff = open_page(&memory, page);
  if (tiff == NULL) return 0;
  const TIFFField *field = TIFFFindField(tiff, tag, TIFF_ANY);
  const char *text = NULL;
  // A hostile file may give a known tag another type.
  if (field != NULL && TIFFFieldDataType(field) == TIFF_ASCII && !TIFFFieldPassCount(field) &&
      TIFFGetField(tiff, tag, &text) && text != NULL) {
    size_t count = strlen(text) + 1;
    *copy = malloc(count);
    if (*copy != NULL) memcpy(*copy, text, count);
  }
  TIFFClose(tiff);
  return *copy != NULL;
}

// Tags that are kept, that decoding needs, or that name the program and the machine that wrote the file.
static bool is_read_elsewhere(uint32_t tag) {
  static const uint32_t tags[] = {
      TIFFTAG_IMAGEDESCRIPTION,  TIFFTAG_DATETIME,     TIFFTAG_ARTIST,
      TIFFTAG_COPYRIGHT,         TIFFTAG_SOFTWARE,     TIFFTAG_HOSTCOMPUTER,
      TIFFTAG_ICCPROFILE,        TIFFTAG_JPEGTABLES,   TIFFTAG_YCBCRCOEFFICIENTS,
      TIFFTAG_REFERENCEBLACKWHITE, TIFFTAG_PREDICTOR,  TIFFTAG_GROUP3OPTIONS,
      TIFFTAG_GROUP4OPTIONS,     TIFFTAG_DOTRANGE,
  };
  for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
    if (tags[i] == tag) return true;
  }
  return false;
}

int image_codecs_copy_tiff_other_tags(ImageCodecBytes source, uint32_t page, char **names) {
  *names = NULL;
  TIFFMemory memory = {.source = source};
  TIFF *tiff = open_page(&memory, page);
  if (tiff == NULL) return 0;
  GrowingBytes text = {0};
  bool is_whole = true;
  int count = TIFFGetTagListCount(tiff);
  // Nobody reads a list of hundreds.
  for (int i = 0; i < count && i < 100 && is_whole; i++) {
    uint32_t tag = TIFFGetTagListEntry(tiff, i);
    if (is_read_elsewhere(tag)) continue;
    const TIFFField *field = TIFFFindField(tiff, tag, TIFF_ANY);
    if (field == NULL) continue;
    const char *name = TIFFFieldName(field);
    is_whole = growing_write(&text, text.count, name, strlen(name)) &&
               growing_write(&text, text.count, "\n", 1);
  }
  TIFFClose(tiff);
  if (text.count == 0 || !is_whole) {
    free(text.bytes);
    return 0;
  }
  text.bytes[text.count - 1] = 0;
  *names = (char *)text.bytes;
  return 1;
}

// Rows of packed samples to whole bytes or pairs of bytes.
typedef struct {
  const Layout *layout;
  uint8_t *target;       // of the whole picture
  size_t sample_bytes;
  size_t channels;       // of the target
} Unpacking;

static uint32_t packed_sample(const uint8_t *row, size_t index, uint32_t bits) {
  size_t bit = index * bits;
  uint32_t value = 0;
  // At most three bytes hold a sample of up to 16 bits.
  for (uint32_t done = 0; done < bits;) {
    uint32_t place = (uint32_t)(bit + done) % 8;
    uint32_t taken = 8 - place < bits - done ? 8 - place : bits - done;
    uint32_t part = row[(bit + done) / 8] >> (8 - place - taken) & ((1u << taken) - 1);
    value = value << taken | part;
    done += taken;
  }
  return value;
}

// One row of a strip or tile: `pixels` pixels to a place of the picture.
//
// With planes, `plane` is where the row's one sample goes in each pixel.
static void unpack_row(const Unpacking *unpacking, const uint8_t *row, size_t pixels, size_t y,
                       size_t x, size_t plane) {
  const Layout *layout = unpacking->layout;
  size_t width = layout->page.size.width, bytes = unpacking->sample_bytes;
  size_t stride = unpacking->channels;
  size_t per_pixel = layout->is_planar ? 1 : stride;
  uint8_t *target = unpacking->target + ((y * width + x) * stride + plane) * bytes;
  bool is_whole = layout->bits == 8 * bytes;
  if (is_whole && per_pixel == stride) {
    memcpy(target, row, pixels * stride * bytes);
    return;
  }
  uint32_t largest = (1u << (layout->bits < 16 ? layout->bits : 16)) - 1;
  for (size_t i = 0; i < pixels; i++) {
    for (size_t channel = 0; channel < per_pixel; channel++) {
      uint8_t *place = target + (i * stride + channel) * bytes;
      size_t index = i * per_pixel + channel;
      if (is_whole) {
        memcpy(place, row + index * bytes, bytes);
        continue;
      }
      uint32_t value = packed_sample(row, index, layout->bits);
      if (layout->inverts) value = largest - value;
      value *= layout->scale;
      if (bytes == 1) {
        *place = (uint8_t)value;
      } else {
        uint16_t wide = (uint16_t)value;
        memcpy(place, &wide, 2);
      }
    }
  }
}

// The bytes that a row of so many pixels takes, packed.
static size_t packed_bytes(const Layout *layout, size_t pixels) {
  return (pixels * (layout->is_planar ? 1 : layout->stored) * layout->bits + 7) / 8;
}

static bool read_failed(TIFFMemory *memory) {
  tiff_memory_fail(memory, ImageCodecTruncated, "a strip or tile holds fewer rows than it should");
  return false;
}

static bool read_strips(TIFF *tiff, TIFFMemory *memory, const Unpacking *unpacking) {
  const Layout *layout = unpacking->layout;
  size_t width = layout->page.size.width, height = layout->page.size.height;
  size_t row_bytes = packed_bytes(layout, width);
  if ((size_t)TIFFScanlineSize(tiff) != row_bytes) {
    return unsupported(memory, "an unexpected sample layout");
  }
  uint32_t rows = 0;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rows);
  if (rows == 0 || rows > height) rows = (uint32_t)height;
  bool is_direct = !layout->is_planar && layout->bits == 8 * unpacking->sample_bytes;
  uint8_t *buffer = is_direct ? NULL : malloc((size_t)rows * row_bytes);
  if (!is_direct && buffer == NULL) {
    tiff_memory_fail(memory, ImageCodecOutOfMemory, "not enough memory for a strip");
    return false;
  }
  bool is_read = true;
  size_t planes = layout->is_planar ? layout->stored : 1;
  for (size_t plane = 0; plane < planes && is_read; plane++) {
    for (size_t y = 0; y < height && is_read; y += rows) {
      size_t here = height - y < rows ? height - y : rows;
      uint32_t strip = TIFFComputeStrip(tiff, (uint32_t)y, (uint16_t)plane);
      uint8_t *target = is_direct ? unpacking->target + y * row_bytes : buffer;
      tmsize_t wanted = (tmsize_t)(here * row_bytes);
      if (TIFFReadEncodedStrip(tiff, strip, target, wanted) != wanted) {
        is_read = read_failed(memory);
        break;
      }
      for (size_t row = 0; row < here && !is_direct; row++) {
        unpack_row(unpacking, buffer + row * row_bytes, width, y + row, 0, plane);
      }
    }
  }
  free(buffer);
  return is_read;
}

static bool read_tiles(TIFF *tiff, TIFFMemory *memory, const Unpacking *unpacking) {
  const Layout *layout = unpacking->layout;
  size_t width = layout->page.size.width, height = layout->page.size.height;
  uint32_t across = 0, down = 0;
  TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &across);
  TIFFGetField(tiff, TIFFTAG_TILELENGTH, &down);
  tmsize_t tile_bytes = TIFFTileSize(tiff);
  if (across == 0 || down == 0 || tile_bytes <= 0) {
    tiff_memory_fail(memory, ImageCodecCorrupt, "tiles without a size");
    return false;
  }
  size_t row_bytes = packed_bytes(layout, across);
  // A tile may be larger than its picture, but not by much.
  size_t picture = packed_bytes(layout, width) * height;
  if ((size_t)TIFFTileRowSize(tiff) != row_bytes || (size_t)tile_bytes != row_bytes * down ||
      (size_t)tile_bytes / 16 > picture + (1 << 20)) {
    return unsupported(memory, "an unexpected tile layout");
  }
  uint8_t *buffer = malloc((size_t)tile_bytes);
  if (buffer == NULL) {
    tiff_memory_fail(memory, ImageCodecOutOfMemory, "not enough memory for a tile");
    return false;
  }
  bool is_read = true;
  size_t planes = layout->is_planar ? layout->stored : 1;
  for (size_t plane = 0; plane < planes && is_read; plane++) {
    for (size_t y = 0; y < height && is_read; y += down) {
      for (size_t x = 0; x < width; x += across) {
        uint32_t tile = TIFFComputeTile(tiff, (uint32_t)x, (uint32_t)y, 0, (uint16_t)plane);
        if (TIFFReadEncodedTile(tiff, tile, buffer, tile_bytes) != tile_bytes) {
          is_read = read_failed(memory);
          break;
        }
        size_t pixels = width - x < across ? width - x : across;
        size_t rows = height - y < down ? height - y : down;
        for (size_t row = 0; row < rows; row++) {
          unpack_row(unpacking, buffer + row * row_bytes, pixels, y + row, x, plane);
        }
      }
    }
  }
  free(buffer);
  return is_read;
}

static bool read_packed(TIFF *tiff, TIFFMemory *memory, const Unpacking *unpacking) {
  return TIFFIsTiled(tiff) ? read_tiles(tiff, memory, unpacking)
                           : read_strips(tiff, memory, unpacking);
}

static bool read_palette(TIFF *tiff, TIFFMemory *memory, const Layout *layout, void *samples) {
  size_t count = (size_t)layout->page.size.width * layout->page.size.height;
  uint8_t *indices = malloc(count);
  if (indices == NULL) {
    tiff_memory_fail(memory, ImageCodecOutOfMemory, "not enough memory for a palette picture");
    return false;
  }
  Unpacking unpacking = {layout, indices, 1, 1};
  bool is_read = read_packed(tiff, memory, &unpacking);
  size_t largest = ((size_t)1 << layout->bits) - 1;
  const uint16_t *maps[] = {layout->red, layout->green, layout->blue};
  for (size_t i = 0; i < count && is_read; i++) {
    size_t index = indices[i] & largest;
    for (size_t channel = 0; channel < 3; channel++) {
      uint16_t color = maps[channel][index];
      if (layout->palette_shift == 0) ((uint16_t *)samples)[3 * i + channel] = color;
      else ((uint8_t *)samples)[3 * i + channel] =
          (uint8_t)(layout->palette_shift == 8 ? color >> 8 : color);
    }
  }
  free(indices);
  return is_read;
}

static bool read_colors(TIFF *tiff, TIFFMemory *memory, const Layout *layout, uint8_t *samples) {
  size_t width = layout->page.size.width, height = layout->page.size.height;
  size_t channels = layout->page.size.channels;
  uint32_t *raster = calloc(width * height, sizeof *raster);
  if (raster == NULL) {
    tiff_memory_fail(memory, ImageCodecOutOfMemory, "not enough memory for the picture");
    return false;
  }
  // The caller turns the picture itself.
  TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
  bool is_read = TIFFReadRGBAImageOriented(tiff, (uint32_t)width, (uint32_t)height, raster,
                                           ORIENTATION_TOPLEFT, 1);
  if (!is_read || memory->has_message) {
    free(raster);
    return read_failed(memory);
  }
  for (size_t i = 0; i < width * height; i++) {
    uint8_t *pixel = samples + i * channels;
    pixel[0] = (uint8_t)TIFFGetR(raster[i]);
    pixel[1] = (uint8_t)TIFFGetG(raster[i]);
    pixel[2] = (uint8_t)TIFFGetB(raster[i]);
    if (channels == 4) pixel[3] = (uint8_t)TIFFGetA(raster[i]);
  }
  free(raster);
  return true;
}

ImageCodecStatus image_codecs_decode_tiff(ImageCodecBytes source, uint32_t page,
                                           ImageCodecSize expected, void *samples, char *message,
                                          size_t message_capacity) {
  TIFFMemory memory = {.source = source, .message = {message, message_capacity}};
  TIFF *tiff = open_page(&memory, page);
  if (tiff == NULL) return memory.status;
  Layout layout;
  bool is_read = describe(tiff, &memory, &layout);
  ImageCodecSize found = layout.page.size;
  if (is_read && (found.width != expected.width || found.height != expected.height ||
                  found.channels != expected.channels || found.sample != expected.sample)) {
    tiff_memory_fail(&memory, ImageCodecCorrupt, "two headers of different size");
    is_read = false;
  }
  if (is_read) {
    Unpacking unpacking = {&layout, samples, image_codecs_sample_bytes(found.sample),
                           found.channels};
    is_read = layout.mode == ModePalette  ? read_palette(tiff, &memory, &layout, samples)
              : layout.mode == ModeColors ? read_colors(tiff, &memory, &layout, samples)
                                          : read_packed(tiff, &memory, &unpacking);
  }
  TIFFClose(tiff);
  if (is_read) return ImageCodecSucceeded;
  return memory.status == ImageCodecSucceeded ? ImageCodecCorrupt : memory.status;
}
