import CNettle

/// SHA-256 (FIPS 180-4, by Nettle): 32 bytes that identify a content.
///
/// ```swift
/// var hash = ContentHash()
/// hash.update(bytes)
/// let name = ContentHash.hexadecimal(hash.digest)
/// ```
package struct ContentHash: Sendable {
  private var state = sha256_ctx()

  /// The hash of nothing, to be updated.
  package init() {
    nettle_sha256_init(&state)
  }

  /// Appends bytes to the hashed message.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    nettle_sha256_update(&state, bytes.count, bytes.bindMemory(to: UInt8.self).baseAddress)
  }

  /// Appends bytes to the hashed message.
  package mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// The 32 bytes of the hash of everything appended so far; more may be appended afterwards.
  package var digest: [UInt8] {
    var state = state
    return [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_SIZE)) { digest, count in
      siren_sha256_digest(&state, digest.baseAddress)
      count = Int(SHA256_DIGEST_SIZE)
    }
  }

  /// The 32 bytes of the hash of a whole message.
  package static func digest(of bytes: [UInt8]) -> [UInt8] {
    var hash = ContentHash()
    hash.update(bytes)
    return hash.digest
  }

  /// The lower-case hexadecimal digits of bytes, two per byte.
  package static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 2)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
