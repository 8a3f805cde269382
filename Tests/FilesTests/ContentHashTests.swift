import Files
import Testing

/// The examples of NIST (FIPS 180-4, and the SHA-2 part of "Cryptographic Standards and
/// Guidelines: Examples with Intermediate Values").
@Suite struct ContentHashTests {
  private func hash(_ text: String) -> String {
    ContentHash.hexadecimal(ContentHash.digest(of: Array(text.utf8)))
  }

  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopq"
        + "klmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ])
  func examples(text: String, expected: String) {
    #expect(hash(text) == expected)
  }

  @Test func aMillionLetters() {
    #expect(
      hash(String(repeating: "a", count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func piecesGiveTheSameAsTheWhole() {
    let message = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    for length in [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 300] {
      let expected = ContentHash.digest(of: Array(message[0..<length]))
      for piece in [1, 3, 63, 64, 65] {
        var hash = ContentHash()
        for start in stride(from: 0, to: length, by: piece) {
          hash.update(Array(message[start..<min(start + piece, length)]))
        }
        #expect(hash.digest == expected, "length \(length) in pieces of \(piece)")
      }
    }
  }
}
