// The system's libtiff (Debian and Ubuntu: libtiff-dev; Homebrew: libtiff), as a module.
//
// Only the C target CImageCodecs calls it: its variadic tag functions cannot be called from Swift,
// and its error handlers need C functions of variadic arguments.
#include <tiffio.h>
