// The system's libsndfile (Debian and Ubuntu: libsndfile1-dev; Homebrew: libsndfile), as a module.
//
// Only Signals' AudioDecoder calls it, with its virtual input over bytes in memory: libsndfile never
// opens a file of its own. It reports errors by codes and texts and never jumps, so Swift may call it.
#include <sndfile.h>
