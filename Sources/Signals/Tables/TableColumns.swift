/// The columns of a table that hold positions and values.
struct TableColumns: Equatable {
  /// The index of the column of x.
  let x: Int
  /// The index of the column of y.
  let y: Int
  /// The indices of the columns of the values: one, or three for red, green and blue.
  let values: [Int]
  /// Number of cells of a row.
  let cellCount: Int
  /// The names of the columns x, y and values; their numbers in a table without names.
  let names: [String]

  private init(_ places: [Int], cellCount: Int, names: [String]?) {
    (x, y, values) = (places[0], places[1], Array(places[2...]))
    self.cellCount = cellCount
    self.names = places.map { names?[$0] ?? "\($0 + 1)" }
  }

  /// The columns x, y and value, or x, y and colours, in this order; nil for other numbers of cells.
  init?(inOrderOf cellCount: Int) {
    guard cellCount == 3 || cellCount == 5 else { return nil }
    self.init(Array(0..<cellCount), cellCount: cellCount, names: nil)
  }

  /// The columns of these numbers, counted from 1; nil if a row has no such cell.
  init?(numbers: [Int], cellCount: Int, names: [String]?) {
    guard Self.areRoles(numbers.count), numbers.allSatisfy({ (1...cellCount).contains($0) })
    else { return nil }
    self.init(numbers.map { $0 - 1 }, cellCount: cellCount, names: names)
  }

  /// The columns by their usual names; nil if it is not clear which they are.
  ///
  /// Red, green and blue are taken if there are all three. Else the value is the column that is called
  /// so, or intensity, grey, height, z and the like, in this order, or the only other column.
  init?(named names: [String]) {
    let meanings = names.map { Self.meaning(of: $0) }
    guard let x = meanings.firstIndex(of: "x"), let y = meanings.firstIndex(of: "y") else {
      return nil
    }
    let colors = ["r", "g", "b"].compactMap { meanings.firstIndex(of: $0) }
    if colors.count == 3 {
      self.init([x, y] + colors, cellCount: names.count, names: names)
      return
    }
    let others = names.indices.filter { $0 != x && $0 != y }
    let known = Self.valueNames.lazy.compactMap { meanings.firstIndex(of: $0) }.first
    guard let value = known ?? (others.count == 1 ? others[0] : nil) else { return nil }
    self.init([x, y, value], cellCount: names.count, names: names)
  }

  /// The columns with the wanted names: x, y and value, or x, y, red, green and blue.
  ///
  /// A wanted column that is called x, y, r, g or b is just that, wherever it stands among the wanted;
  /// the others follow in order. Nil if a name is not there.
  init?(wanted: [String], named names: [String]) {
    guard Self.areRoles(wanted.count) else { return nil }
    let folded = names.map { $0.lowercased() }
    let meanings = names.map { Self.meaning(of: $0) }
    var found: [(place: Int, meaning: String)] = []
    for name in wanted {
      let name = name.lowercased()
      let meaning = Self.meaning(of: name)
      guard let place = folded.firstIndex(of: name) ?? meanings.firstIndex(of: meaning) else {
        return nil
      }
      found.append((place, meaning))
    }
    let roles = wanted.count == 3 ? ["x", "y", ""] : ["x", "y", "r", "g", "b"]
    var places = roles.map { role in
      found.firstIndex { $0.meaning == role }.map { found.remove(at: $0).place }
    }
    for slot in places.indices where places[slot] == nil {
      places[slot] = found.removeFirst().place
    }
    self.init(places.compactMap { $0 }, cellCount: names.count, names: names)
  }

  private static func areRoles(_ count: Int) -> Bool { count == 3 || count == 5 }

  /// A column's name without case and unit, in the one spelling of each meaning.
  private static func meaning(of name: String) -> String {
    var name = name.lowercased()
    if let unit = name.firstIndex(where: { "([{/".contains($0) }) { name = String(name[..<unit]) }
    let words = name.split { $0 == " " || $0 == "_" }
    if words.count == 2, units.contains(String(words[1])) { name = String(words[0]) }
    name = name.trimmingBlanks
    return spellings[name] ?? name
  }

  private static let units: Set<String> = [
    "px", "pix", "pixel", "pixels", "nm", "um", "µm", "μm", "mm", "cm", "m", "a.u.", "au", "v",
  ]

  private static let spellings = [
    "col": "x", "column": "x", "row": "y", "line": "y", "red": "r", "green": "g", "blue": "b",
  ]

  private static let valueNames = [
    "value", "v", "val", "values", "intensity", "grey", "gray", "brightness", "amplitude", "signal",
    "height", "z",
  ]
}

extension String {
  fileprivate var trimmingBlanks: String {
    var text = self[...]
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
