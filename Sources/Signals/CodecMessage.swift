/// The buffer into which the C codecs put what their libraries have to say.
struct CodecMessage {
  private var buffer = [CChar](repeating: 0, count: 256)

  /// Calls `body` with the buffer and its capacity.
  mutating func capture<Result>(
    _ body: (UnsafeMutablePointer<CChar>?, Int) -> Result
  ) -> Result {
    buffer.withUnsafeMutableBufferPointer { body($0.baseAddress, $0.count) }
  }

  /// The captured text, without the terminator.
  var text: String {
    String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
