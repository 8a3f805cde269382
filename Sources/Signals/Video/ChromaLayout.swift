/// The layout of the samples of a YUV frame.
///
/// There is a plane of luma, and there are two planes of colour differences, usually with less
/// detail.
struct ChromaLayout: Equatable {
  /// Luma columns per chroma column; 0 for grey frames.
  var horizontal: Int
  /// Luma rows per chroma row; 0 for grey frames.
  var vertical: Int
  /// The position of the first chroma column between the luma columns: 0 on the first, 0.5 halfway
  /// to the next.
  var offsetX: Float
  /// The same for rows.
  var offsetY: Float
  /// Bits of a sample, 8 to 16; more than 8 are stored in two bytes, the lower first.
  var bits: Int

  /// Bytes of a sample.
  var sampleBytes: Int { bits > 8 ? 2 : 1 }

  /// Channels of a decoded frame: 1 or 3.
  var channels: Int { horizontal == 0 ? 1 : 3 }

  /// Columns of a chroma plane for a width, 0 if there is none.
  func chromaWidth(_ width: Int) -> Int {
    horizontal == 0 ? 0 : (width + horizontal - 1) / horizontal
  }

  /// Rows of a chroma plane for a height, 0 if there is none.
  func chromaHeight(_ height: Int) -> Int {
    vertical == 0 ? 0 : (height + vertical - 1) / vertical
  }

  /// Samples of a frame.
  func sampleCount(width: Int, height: Int) -> Int {
    width * height + 2 * chromaWidth(width) * chromaHeight(height)
  }

  /// The layout of a y4m header's `C` parameter, such as "420mpeg2" or "444p10"; nil for others.
  ///
  /// Chroma samples of "420jpeg" and "420" lie in the middle of four luma samples, those of "420mpeg2" and
  /// of deep 4:2:0 between two rows, and those of "420paldv", "422" and "411" on luma samples.
  init?(y4mName name: String) {
    var base = name
    var bits = 8
    if name.hasPrefix("mono"), let depth = Int(name.dropFirst(4)) {
      (base, bits) = ("mono", depth)
    } else if name.count > 4, name.dropFirst(3).first == "p", let depth = Int(name.dropFirst(4)) {
      (base, bits) = (String(name.prefix(3)) + "p", depth)
      if base != "420p" { base = String(name.prefix(3)) }
    }
    guard [8, 9, 10, 12, 14, 16].contains(bits) else { return nil }
    switch base {
    case "mono": self.init(horizontal: 0, vertical: 0, offsetX: 0, offsetY: 0, bits: bits)
    case "420jpeg", "420":
      self.init(horizontal: 2, vertical: 2, offsetX: 0.5, offsetY: 0.5, bits: bits)
    case "420mpeg2", "420p":
      self.init(horizontal: 2, vertical: 2, offsetX: 0, offsetY: 0.5, bits: bits)
    case "420paldv": self.init(horizontal: 2, vertical: 2, offsetX: 0, offsetY: 0, bits: bits)
    case "422": self.init(horizontal: 2, vertical: 1, offsetX: 0, offsetY: 0, bits: bits)
    case "411": self.init(horizontal: 4, vertical: 1, offsetX: 0, offsetY: 0, bits: bits)
    case "444": self.init(horizontal: 1, vertical: 1, offsetX: 0, offsetY: 0, bits: bits)
    default: return nil
    }
  }

  private init(horizontal: Int, vertical: Int, offsetX: Float, offsetY: Float, bits: Int) {
    self.horizontal = horizontal
    self.vertical = vertical
    self.offsetX = offsetX
    self.offsetY = offsetY
    self.bits = bits
  }
}
