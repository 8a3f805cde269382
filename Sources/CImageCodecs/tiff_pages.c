// Which directories of a TIFF are pages, without libtiff: it reads every tag of every directory on the way, and a
// stack has thousands.

// For pread().
#define _GNU_SOURCE

#include "tiff_pages.h"

#include <errno.h>
#include <string.h>
#include <tiff.h>
#include <unistd.h>

#include "growing_bytes.h"

// Directories beyond are not looked for.
enum { most_directories = 65536 };
// libtiff takes larger directories for damage.
enum { most_entries = 4096 };
// So many entries may precede those that are looked for.
enum { most_early_entries = 16 };

typedef struct {
  ImageCodecBytes source;
  bool is_big_endian;
  bool is_big;  // BigTIFF: numbers of 8 bytes where others have 4 or 2
} Reader;

static bool read_at(const Reader *reader, uint64_t place, void *target, size_t count) {
  if (place > reader->source.count || count > reader->source.count - place) return false;
  if (reader->source.bytes != NULL) {
    memcpy(target, reader->source.bytes + place, count);
    return true;
  }
  for (size_t filled = 0; filled < count;) {
    ssize_t got = pread(reader->source.descriptor, (uint8_t *)target + filled, count - filled,
                        (off_t)(place + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    filled += (size_t)got;
  }
  return true;
}

static uint64_t number(const Reader *reader, const uint8_t *bytes, size_t count) {
  uint64_t value = 0;
  for (size_t i = 0; i < count; i++) {
    value = value << 8 | bytes[reader->is_big_endian ? i : count - 1 - i];
  }
  return value;
}

static bool number_at(const Reader *reader, uint64_t place, size_t count, uint64_t *value) {
  uint8_t bytes[8];
  if (!read_at(reader, place, bytes, count)) return false;
  *value = number(reader, bytes, count);
  return true;
}

// The first directory's place; false for bytes that are no TIFF.
static bool open_reader(ImageCodecBytes source, Reader *reader, uint64_t *first) {
  *reader = (Reader){.source = source};
  uint8_t mark[2];
  uint64_t version;
  if (!read_at(reader, 0, mark, 2)) return false;
  reader->is_big_endian = mark[0] == 'M';
  if (!number_at(reader, 2, 2, &version)) return false;
  reader->is_big = version == TIFF_VERSION_BIG;
  return reader->is_big ? number_at(reader, 8, 8, first) : number_at(reader, 4, 4, first);
}

// Whether an entry says that its directory is a thumbnail or a mask.
static bool says_auxiliary(const Reader *reader, const uint8_t *entry) {
  uint64_t tag = number(reader, entry, 2);
  if (tag != TIFFTAG_SUBFILETYPE && tag != TIFFTAG_OSUBFILETYPE) return false;
  const uint8_t *content = entry + (reader->is_big ? 12 : 8);
  uint64_t type = number(reader, entry + 2, 2), value = 0;
  if (type == TIFF_BYTE) value = number(reader, content, 1);
  if (type == TIFF_SHORT) value = number(reader, content, 2);
  if (type == TIFF_LONG) value = number(reader, content, 4);
  return tag == TIFFTAG_SUBFILETYPE ? (value & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) != 0
                                    : value == OFILETYPE_REDUCEDIMAGE;
}

// Reads the directory at a place: whether it is auxiliary, and where the next one is; 0 for none.
static bool read_directory(const Reader *reader, uint64_t place, bool *is_auxiliary,
                           uint64_t *next) {
  size_t count_bytes = reader->is_big ? 8 : 2, entry_bytes = reader->is_big ? 20 : 12;
  uint64_t count;
  if (!number_at(reader, place, count_bytes, &count) || count == 0 || count > most_entries) {
    return false;
  }
  place += count_bytes;
  uint64_t end = place + count * entry_bytes;
  if (end > reader->source.count) return false;
  *is_auxiliary = false;
  // Entries are sorted by their tags, and those of a picture itself begin behind the ones that are looked for.
  for (uint64_t i = 0; i < count && i < most_early_entries; i++) {
    uint8_t entry[20];
    if (!read_at(reader, place + i * entry_bytes, entry, entry_bytes)) return false;
    *is_auxiliary = *is_auxiliary || says_auxiliary(reader, entry);
    if (number(reader, entry, 2) > TIFFTAG_OSUBFILETYPE) break;
  }
  // A file may end behind its last directory.
  if (!number_at(reader, end, reader->is_big ? 8 : 4, next)) *next = 0;
  return true;
}

typedef struct {
  uint32_t directories;  // that were passed
  uint32_t pictures;     // of them, those that are not auxiliary
  uint64_t directory;    // where the directory of the number that was looked for lies; 0 if not passed
  uint64_t picture;      // the same among the pictures
} Walk;

static bool was_passed(const GrowingBytes *passed, uint64_t place) {
  for (size_t i = 0; i < passed->count; i += sizeof place) {
    if (memcmp(passed->bytes + i, &place, sizeof place) == 0) return true;
  }
  return false;
}

// Passes the directories in the order of the file up to the picture of a number.
static Walk walk(ImageCodecBytes source, uint32_t page) {
  Walk walk = {0};
  Reader reader;
  uint64_t place = 0, farthest = 0;
  GrowingBytes passed = {0};
  if (!open_reader(source, &reader, &place)) return walk;
  while (place != 0 && walk.directories < most_directories && walk.picture == 0) {
    bool is_auxiliary = false;
    uint64_t next = 0;
    // Directories usually follow one another; a chain that goes back may be a circle.
    if (place <= farthest && was_passed(&passed, place)) break;
    if (!read_directory(&reader, place, &is_auxiliary, &next)) break;
    if (!growing_write(&passed, passed.count, &place, sizeof place)) break;
    if (walk.directories == page) walk.directory = place;
    if (!is_auxiliary && walk.pictures == page) walk.picture = place;
    walk.directories++;
    if (!is_auxiliary) walk.pictures++;
    if (place > farthest) farthest = place;
    place = next;
  }
  free(passed.bytes);
  return walk;
}

uint64_t tiff_page_offset(ImageCodecBytes source, uint32_t page) {
  Walk passed = walk(source, page);
  return passed.pictures > 0 ? passed.picture : passed.directory;
}

uint32_t image_codecs_tiff_page_count(ImageCodecBytes source) {
  Walk passed = walk(source, UINT32_MAX);
  return passed.pictures > 0 ? passed.pictures : passed.directories;
}
