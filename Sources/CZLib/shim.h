// The system's zlib (Debian and Ubuntu: zlib1g-dev), as a module.
//
// Only the C target CImageCodecs calls it: for the colour profiles inside PNG files, and for the
// compressed arrays inside NPZ files.
#include <zlib.h>
