import Files

/// Reads the Stanford polygon format: ASCII, binary little-endian and binary big-endian.
///
/// Of the element `vertex` the properties x, y, z and nx, ny, nz are read, of the element `face` the list
/// `vertex_indices` or `vertex_index`. Everything else is passed over.
enum PLYReader {
  static func read(_ bytes: [UInt8], _ path: String, _ limits: ShapeLimits) throws -> Shape {
    var builder = ShapeBuilder(path, limits)
    let header = try PLYHeader(bytes, builder)
    var values = try PLYValues(bytes, header)
    for element in header.elements {
      // Each instance takes at least one byte per property, so a count beyond the file's size is a lie.
      let least = element.properties.reduce(0) {
        $0 + (header.encoding == .text ? 2 : $1.count?.bytes ?? $1.type.bytes)
      }
      guard element.properties.isEmpty || element.count <= (values.rest + 1) / max(1, least) else {
        throw builder.truncated(
          "it should have \(element.count) of '\(element.name)', more than the file has bytes for")
      }
      switch element.name {
      case "vertex":
        try builder.reserve(vertices: element.count, triangles: 0)
        try readVertices(element, &values, &builder)
      case "face":
        try readFaces(element, &values, &builder)
      default:
        for _ in 0..<element.count where !element.properties.isEmpty {
          for property in element.properties {
            try values.skip(property, builder, element.name)
          }
          values.finishInstance()
        }
      }
    }
    return try builder.shape()
  }

  private static func readVertices(
    _ element: PLYHeader.Element, _ values: inout PLYValues, _ builder: inout ShapeBuilder
  ) throws {
    let names = ["x", "y", "z", "nx", "ny", "nz"]
    let slots = names.map { name in
      element.properties.firstIndex { $0.name == name && $0.count == nil }
    }
    guard slots[0] != nil, slots[1] != nil, slots[2] != nil else {
      throw builder.corrupt("its vertices lack the properties x, y and z")
    }
    let hasNormals = slots[3] != nil && slots[4] != nil && slots[5] != nil
    let targets = element.properties.indices.map { slots.firstIndex(of: $0) }
    var row = [Double](repeating: 0, count: 6)
    for number in 0..<element.count {
      for (index, property) in element.properties.enumerated() {
        if let target = targets[index] {
          row[target] = try values.number(property.type, builder, "vertex \(number + 1)")
        } else {
          try values.skip(property, builder, "vertex \(number + 1)")
        }
      }
      values.finishInstance()
      try builder.add(vertex: SIMD3(row[0], row[1], row[2]), "vertex \(number + 1)")
      if hasNormals {
        try builder.add(normal: SIMD3(row[3], row[4], row[5]), "vertex \(number + 1)")
      }
    }
  }

  private static func readFaces(
    _ element: PLYHeader.Element, _ values: inout PLYValues, _ builder: inout ShapeBuilder
  ) throws {
    let list = element.properties.firstIndex {
      $0.count != nil && ($0.name == "vertex_indices" || $0.name == "vertex_index")
    }
    guard let list else {
      guard element.count == 0 else {
        throw builder.corrupt("its faces lack the list 'vertex_indices'")
      }
      return
    }
    var corners: [Int] = []
    for number in 0..<element.count {
      for (index, property) in element.properties.enumerated() {
        guard index == list, let countType = property.count else {
          try values.skip(property, builder, "face \(number + 1)")
          continue
        }
        let count = try values.length(countType, property.type, builder, "face \(number + 1)")
        corners.removeAll(keepingCapacity: true)
        for _ in 0..<count {
          let index = try values.number(property.type, builder, "face \(number + 1)")
          guard index == index.rounded(), abs(index) < 1e12 else {
            throw builder.corrupt("face \(number + 1): \(index) is no index of a vertex")
          }
          corners.append(Int(index))
        }
        try builder.add(polygon: corners, "face \(number + 1)")
      }
      values.finishInstance()
    }
  }
}

/// The header of a PLY file.
struct PLYHeader {
  enum Encoding: String {
    case text = "ascii", little = "binary_little_endian"
    case big = "binary_big_endian"
  }

  /// The types of numbers.
  enum Number {
    case int8, uint8, int16, uint16, int32, uint32, float, double

    init?(_ name: String) {
      switch name {
      case "char", "int8": self = .int8
      case "uchar", "uint8": self = .uint8
      case "short", "int16": self = .int16
      case "ushort", "uint16": self = .uint16
      case "int", "int32": self = .int32
      case "uint", "uint32": self = .uint32
      case "float", "float32": self = .float
      case "double", "float64": self = .double
      default: return nil
      }
    }

    var bytes: Int {
      switch self {
      case .int8, .uint8: 1
      case .int16, .uint16: 2
      case .int32, .uint32, .float: 4
      case .double: 8
      }
    }
  }

  struct Property {
    var name: String
    var type: Number
    /// The type of a list's length; nil for a single number.
    var count: Number?
  }

  struct Element {
    var name: String
    var count: Int
    var properties: [Property] = []
  }

  let encoding: Encoding
  let elements: [Element]
  /// The offset of the first byte behind the header.
  let end: Int
  /// Number of lines of the header.
  let lines: Int

  private static let mostBytes = 1 << 16

  init(_ bytes: [UInt8], _ builder: ShapeBuilder) throws {
    var text = ShapeText(Array(bytes.prefix(Self.mostBytes + 1)))
    var encoding: Encoding?
    var elements: [Element] = []
    text.skipLine()
    while true {
      guard !text.isAtEnd else { throw builder.truncated("its header has no end") }
      let words = Self.words(&text)
      text.skipLine()
      // The last line may be cut off, so nothing is said about it.
      guard !text.isAtEnd || bytes.count <= Self.mostBytes else {
        throw builder.corrupt("its header has no end within \(Self.mostBytes) bytes")
      }
      guard let keyword = words.first else { continue }
      let isRight: Bool
      switch (keyword, words.count) {
      case ("end_header", 1):
        guard let encoding else { throw builder.corrupt("its header names no format") }
        self.encoding = encoding
        self.elements = elements
        end = text.offset
        lines = text.line - 1
        return
      case ("comment", _), ("obj_info", _): isRight = true
      case ("format", 3):
        encoding = Encoding(rawValue: words[1])
        isRight = encoding != nil && words[2] == "1.0"
      case ("element", 3):
        if let count = Int(words[2]), count >= 0, elements.count < 64 {
          elements.append(Element(name: words[1], count: count))
          isRight = true
        } else {
          isRight = false
        }
      case ("property", 3), ("property", 5):
        isRight = Self.append(words, to: &elements)
      default: isRight = false
      }
      guard isRight else {
        throw builder.corrupt(
          "line \(text.line - 1): '\(words.joined(separator: " ").prefix(60))' is not a line of a "
            + "PLY header")
      }
    }
  }

  private static func words(_ text: inout ShapeText) -> [String] {
    var words: [String] = []
    while words.count < 16, text.hasWord() {
      words.append(String(decoding: text.word(), as: UTF8.self))
    }
    return words
  }

  private static func append(_ words: [String], to elements: inout [Element]) -> Bool {
    guard !elements.isEmpty, elements[elements.count - 1].properties.count < 256 else {
      return false
    }
    let property: Property
    if words.count == 3, let type = Number(words[1]) {
      property = Property(name: words[2], type: type)
    } else if words.count == 5, words[1] == "list", let count = Number(words[2]),
      let type = Number(words[3])
    {
      property = Property(name: words[4], type: type, count: count)
    } else {
      return false
    }
    elements[elements.count - 1].properties.append(property)
    return true
  }
}

/// The numbers behind the header, one after another.
struct PLYValues {
  private let bytes: [UInt8]
  private let encoding: PLYHeader.Encoding
  private var position: Int
  private var text: ShapeText?
  private let start: Int

  init(_ bytes: [UInt8], _ header: PLYHeader) throws {
    encoding = header.encoding
    start = header.end
    position = header.end
    if encoding == .text {
      text = ShapeText(Array(bytes[header.end...]))
      self.bytes = []
      size = bytes.count - header.end
    } else {
      self.bytes = bytes
      size = bytes.count - header.end
    }
  }

  private let size: Int

  /// Bytes that have not been read.
  var rest: Int { size - (text?.offset ?? (position - start)) }

  /// Moves on to the next line of a text.
  mutating func finishInstance() { text?.skipLine() }

  mutating func number(
    _ type: PLYHeader.Number, _ builder: ShapeBuilder, _ place: @autoclosure () -> String
  ) throws -> Double {
    if encoding == .text {
      while let reader = text, !reader.isAtEnd, text?.hasWord() == false { text?.skipLine() }
      guard let value = text?.number() else {
        guard text?.isAtEnd == false else {
          throw builder.truncated("\(place()): the file ends here")
        }
        throw builder.corrupt("\(place()): expected a number")
      }
      return value
    }
    guard bytes.count - position >= type.bytes else {
      throw builder.truncated("\(place()): the file ends here")
    }
    var pattern: UInt64 = 0
    for index in 0..<type.bytes {
      let at = encoding == .big ? position + index : position + type.bytes - 1 - index
      pattern = pattern << 8 | UInt64(bytes[at])
    }
    position += type.bytes
    return switch type {
    case .int8: Double(Int8(truncatingIfNeeded: pattern))
    case .uint8: Double(UInt8(truncatingIfNeeded: pattern))
    case .int16: Double(Int16(truncatingIfNeeded: pattern))
    case .uint16: Double(UInt16(truncatingIfNeeded: pattern))
    case .int32: Double(Int32(truncatingIfNeeded: pattern))
    case .uint32: Double(UInt32(truncatingIfNeeded: pattern))
    case .float: Double(Float(bitPattern: UInt32(truncatingIfNeeded: pattern)))
    case .double: Double(bitPattern: pattern)
    }
  }

  /// The length of a list, checked against the bytes that are left.
  mutating func length(
    _ type: PLYHeader.Number, _ item: PLYHeader.Number, _ builder: ShapeBuilder,
    _ place: @autoclosure () -> String
  ) throws -> Int {
    let value = try number(type, builder, place())
    let least = encoding == .text ? 2 : item.bytes
    guard value >= 0, value == value.rounded(), value <= Double((rest + 1) / least) else {
      throw builder.corrupt("\(place()): a list of \(value) numbers does not fit into the file")
    }
    return Int(value)
  }

  mutating func skip(
    _ property: PLYHeader.Property, _ builder: ShapeBuilder, _ place: @autoclosure () -> String
  ) throws {
    let count =
      try property.count.map { try length($0, property.type, builder, place()) } ?? 1
    for _ in 0..<count { _ = try number(property.type, builder, place()) }
  }
}
