// The system's libpng (Debian and Ubuntu: libpng-dev; Homebrew: libpng), as a module.
//
// Only the C target CImageCodecs calls it: libpng reports errors with longjmp, which must not
// cross a Swift frame, so no Swift file imports this module.
#include <png.h>
