// The system's Nettle (Debian and Ubuntu: nettle-dev; Fedora: nettle-devel; Homebrew: nettle), as a module.
//
// Only Files' ContentHash calls it. Its state is a plain structure, and no function can fail.
#include <nettle/sha2.h>
#include <nettle/version.h>

// Version 4 has no argument for the length of a digest.
static inline void siren_sha256_digest(struct sha256_ctx *context, uint8_t digest[SHA256_DIGEST_SIZE]) {
#if NETTLE_VERSION_MAJOR >= 4
  nettle_sha256_digest(context, digest);
#else
  nettle_sha256_digest(context, SHA256_DIGEST_SIZE, digest);
#endif
}
