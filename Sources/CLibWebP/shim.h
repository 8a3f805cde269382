// The system's libwebp (Debian and Ubuntu: libwebp-dev; Homebrew: webp), as a module.
//
// Only the C target CImageCodecs calls it, as it does every picture library.
#include <webp/decode.h>
#include <webp/encode.h>
