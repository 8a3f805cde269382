import Fitting
import Signals

/// Two pictures to blend, read and brought into the frame of the first one.
public struct BlendSource: Sendable {
  /// What to solve for.
  public let problem: BlendProblem
  /// The first picture without alpha, in the colours of the result.
  public let shape: Image
  /// What was not read or kept from the files, and whether the pictures differ in unit, one line each.
  public let notes: [String]
  /// The pixels that change, `[height * width]`; nil if all do.
  public let mask: [Bool]?
  /// The first picture with its alpha, which the result keeps.
  private let background: Image
  /// The first picture as its file stores it, at the size of the result; nil if it was resized.
  private let stored: StoredPicture?
  /// The format of the first picture's file, with the resolution of its size in the result.
  public let format: PictureFormat

  /// How the second picture is laid onto the first one.
  public struct Placement: Sendable {
    /// The path of a picture that is white where the second one should appear.
    public var mask: String?
    /// The column and row of the first picture where the upper left corner of the second one lies.
    public var corner: (column: Int, row: Int)?
    /// Whether the second picture and the mask are resized to the first one.
    public var stretches = false
    /// The weight of the second picture's gradient, 0...1, to mix whole pictures; nil to clone where there is a mask, a
    /// place or transparency.
    public var share: Float?
    /// The width and height to which the first picture is resized; nil for its own.
    public var size: (width: Int, height: Int)?

    /// Creates a placement of pictures of one size.
    public init() {}
  }

  /// Reads the pictures.
  ///
  /// Samples of one type and as many bits have one unit, so the same samples become 0...1 in both pictures. Other samples
  /// get a range of their own, of which ``notes`` tells.
  ///
  /// - Parameters:
  ///   - first: the path of the first picture.
  ///   - second: the path of the second picture.
  ///   - placement: how the second picture is laid onto the first one.
  /// - Throws: ``BlendSourceError`` for pictures that do not fit together, and any error from reading.
  public init(_ first: String, _ second: String, _ placement: Placement) throws {
    let (read, other) = Self.inOneUnit(
      try PictureFile.read(first), try PictureFile.read(second))
    var a = try read.finiteImage(path: first)
    let notes =
      read.notes + other.notes.map { "\(second): \($0)" }
      + [Self.unitRemark(first, read, second, other)].compactMap { $0 }
    if let size = placement.size { a = a.resized(width: size.width, height: size.height) }
    format = read.format(width: a.width, height: a.height)
    var b = try other.finiteImage(path: second)
    let size = "\(b.width)x\(b.height)"
    let maskPicture = try placement.mask.map { try PixelMask.readValues(ofMask: $0) }
    if placement.stretches { b = b.resized(width: a.width, height: a.height) }
    guard placement.corner != nil || (a.width, a.height) == (b.width, b.height) else {
      throw BlendSourceError.otherSize(
        path: second, size: size, first: first, expected: "\(a.width)x\(a.height)")
    }
    let colors = max(a.composited(onto: 1).channels, b.composited(onto: 1).channels)
    let background = a.converted(toChannels: a.hasAlpha ? colors + 1 : colors)
    shape = background.composited(onto: 1)
    let isCutOut = b.alpha?.contains { $0 < 0.5 } ?? false
    guard placement.share == nil, maskPicture != nil || placement.corner != nil || isCutOut else {
      let whole = b.composited(onto: 1).converted(toChannels: colors)
      problem = BlendProblem(shape, whole, share: placement.share ?? 0.5)
      self.notes =
        notes
        + [(first, read), (second, other)].compactMap { path, picture in
          picture.alphaRemark.map { "\(path): \($0)" }
        }
      self.background = shape
      mask = nil
      stored = nil
      return
    }
    let corner = placement.corner ?? (column: 0, row: 0)
    let placed = PlacedPicture(
      b.converted(toChannels: b.hasAlpha ? colors + 1 : colors), width: a.width, height: a.height,
      column: corner.column, row: corner.row)
    guard placed.isVisible.contains(true) else {
      throw BlendSourceError.invisible(
        path: second, size: size, column: corner.column, row: corner.row,
        frame: "\(a.width)x\(a.height)")
    }
    var marked = placed.isVisible
    if let maskPicture {
      let drawn = try Self.drawnMask(
        maskPicture, a, b, corner, isStretched: placement.stretches,
        (placement.mask ?? "", first, second))
      marked = zip(marked, drawn).map { $0 && $1 }
    }
    guard marked.contains(true), marked.contains(false) else {
      throw BlendSourceError.uniform(
        isMarked: marked.contains(true), mask: placement.mask, first: first, second: second)
    }
    problem = BlendProblem(background: shape, cloning: placed.image, where: marked)
    self.notes = notes
    self.background = background
    mask = marked
    stored = placement.size == nil ? read : nil
  }

  /// Two pictures with one range where their samples have one type and as many bits, and else with a range of its own
  /// for each.
  private static func inOneUnit(
    _ first: StoredPicture, _ second: StoredPicture
  ) -> (first: StoredPicture, second: StoredPicture) {
    guard haveOneUnit(first, second) else {
      return (first.choosingRange(.automatic), second.choosingRange(.automatic))
    }
    let range = RangeChoice.fixed(StoredPicture.automaticRange(of: [first, second]))
    return (first.choosingRange(range), second.choosingRange(range))
  }

  private static func haveOneUnit(_ a: StoredPicture, _ b: StoredPicture) -> Bool {
    a.format.type == b.format.type && a.format.significantBits == b.format.significantBits
  }

  /// That two pictures may differ in unit, in one line for people; nil if they have one, or all values of their types
  /// become 0...1.
  private static func unitRemark(
    _ first: String, _ a: StoredPicture, _ second: String, _ b: StoredPicture
  ) -> String? {
    guard !haveOneUnit(a, b), a.rangeRemark != nil || b.rangeRemark != nil else { return nil }
    return
      "'\(first)' is \(a.format.summary), of which \(a.format.range) become 0 to 1, and '\(second)' is "
      + "\(b.format.summary), of which \(b.format.range) do; convert one of them to the other's type to "
      + "blend them in one unit"
  }

  /// The marked pixels in the frame of the first picture.
  private static func drawnMask(
    _ picture: Image, _ a: Image, _ b: Image, _ corner: (column: Int, row: Int), isStretched: Bool,
    _ paths: (mask: String, first: String, second: String)
  ) throws -> [Bool] {
    let size = (picture.width, picture.height)
    if isStretched || size == (a.width, a.height) {
      let fitting =
        size == (a.width, a.height)
        ? picture : picture.resized(width: a.width, height: a.height)
      return PixelMask.marked(by: fitting)
    }
    guard size == (b.width, b.height) else {
      throw BlendSourceError.otherMask(
        path: paths.mask, size: "\(size.0)x\(size.1)",
        expected: "of '\(paths.first)', \(a.width)x\(a.height), or of '\(paths.second)', "
          + "\(b.width)x\(b.height)")
    }
    let white = PixelMask.marked(by: picture).map { Float($0 ? 1 : 0) }
    let drawn = Image(width: b.width, height: b.height, channels: 1, values: white)
    let placed = PlacedPicture(
      drawn, width: a.width, height: a.height, column: corner.column, row: corner.row)
    return zip(placed.isVisible, placed.image.values).map { $0 && $1 >= 0.5 }
  }

  /// A solution in the colours of the result, with the first picture outside the mask.
  ///
  /// - Parameter solution: a picture of the shape of ``shape``.
  public func composite(_ solution: Image) -> Image {
    mask.map { solution.inserted(into: shape, where: $0) } ?? solution
  }

  /// A solution to be written, with the alpha of the first picture.
  ///
  /// - Parameter solution: a picture of the shape of ``shape``.
  public func finished(_ solution: Image) -> Image {
    mask.map { solution.inserted(into: background, where: $0) } ?? solution
  }

  /// A picture in the format of the first picture's file, whose samples stay bit for bit outside the mask.
  public func stored(_ picture: Image) -> StoredPicture {
    var format = format
    format.channels = picture.channels
    let result = StoredPicture(picture, as: format)
    guard let mask, let stored, stored.channels == picture.channels else { return result }
    return result.keeping(mask.map { !$0 }, of: stored)
  }
}
