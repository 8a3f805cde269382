// The system's libjpeg (Debian and Ubuntu: libjpeg-dev, which is libjpeg-turbo; Homebrew:
// jpeg-turbo), as a module.
//
// Only the C target CImageCodecs calls it: libjpeg leaves by longjmp on an error, which must not
// cross a Swift frame, so no Swift file imports this module.
#include <stddef.h>
#include <stdio.h>
// jpeglib.h uses FILE and size_t without including their headers, hence the order.
#include <jpeglib.h>
