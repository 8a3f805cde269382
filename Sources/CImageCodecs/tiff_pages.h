// The pages of a TIFF: the directories that are pictures of their own.
#ifndef IMAGE_CODECS_TIFF_PAGES_H
#define IMAGE_CODECS_TIFF_PAGES_H

#include "image_codecs.h"

/// Where the directory of a page lies, counted from 0; 0 where the file has fewer pages.
///
/// Thumbnails and masks of other pages are no pages, unless the file has nothing else.
uint64_t tiff_page_offset(ImageCodecBytes source, uint32_t page);

#endif
