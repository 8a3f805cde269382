import CKernels
import Numerics

/// The fused evaluation and reverse pass of a sine network.
///
/// All layers are evaluated in one pass over a tile of points (see `CKernels/field_template.h`). A layer is
/// `sin(omega (W x + b))`; the last one may be linear. The tests compare the results with the plain composition
/// of tensor operations.
public final class FusedField: @unchecked Sendable {
  /// The outputs to compute, and the method; see ``Mode/gradient(outputs:coordinates:)``.
  public enum Mode: Sendable, CaseIterable {
    /// The value.
    case value
    /// Value and gradient by forward accumulation of tangents: 1 + d units of work.
    ///
    /// A unit is one pass through the products of the hidden layers.
    case gradient
    /// Value and gradient by reverse accumulation: 1 + c units.
    case gradientByReverse
    /// Value, gradient and Laplacian by forward accumulation: 2 + d units.
    case laplacian

    var kernel: ck_field_mode {
      switch self {
      case .value: CK_FIELD_VALUE
      case .gradient: CK_FIELD_GRADIENT
      case .gradientByReverse: CK_FIELD_GRADIENT_REVERSE
      case .laplacian: CK_FIELD_LAPLACIAN
      }
    }

    /// The cheaper gradient mode for c outputs and d coordinates.
    public static func gradient(outputs: Int, coordinates: Int) -> Mode {
      outputs < coordinates ? .gradientByReverse : .gradient
    }

    /// The number of points per tile.
    ///
    /// A tile is small enough that its activations stay in the nearest caches. It is large enough that reading
    /// the weights once per tile costs little (measured at width 256). The number is a multiple of the kernels'
    /// blocks of 6 and 12 rows, but not of a high power of two. Panels separated by such a power would share a
    /// few sets of the first-level cache.
    public var tilePoints: Int {
      switch self {
      case .value: 60
      case .gradientByReverse: 48
      case .gradient, .laplacian: 24
      }
    }
  }

  /// Number d of coordinates, 1 to 64.
  public let coordinates: Int
  /// Number c of outputs.
  public let outputs: Int
  /// Number of weights and biases.
  public let parameterCount: Int
  /// Whether the last layer is a sine layer too; such a network has mode `value` only.
  public let endsInSine: Bool
  let handle: OpaquePointer
  /// The number of arrays: two per layer, weight and bias.
  fileprivate let arrayCount: Int

  /// Creates a network of the given shape, or nil if the kernels do not support it.
  ///
  /// Unsupported are fewer than two layers, more than 64 layers, more than 64 coordinates, and a linear layer
  /// before the last.
  ///
  /// - Parameters:
  ///   - coordinates: the number of inputs of the first layer.
  ///   - widths: the number of outputs of each layer.
  ///   - omegas: the factor inside each layer's sine; nil for a linear last layer.
  public convenience init?(coordinates: Int, widths: [Int], omegas: [Float?]) {
    self.init(coordinates: coordinates, widths: widths, omegas: omegas, level: nil)
  }

  /// Creates the network on a given instruction level, for the tests; also nil if that level exceeds the one in
  /// use.
  package init?(coordinates: Int, widths: [Int], omegas: [Float?], level: Int?) {
    guard widths.count == omegas.count, !omegas.contains(0), let last = widths.last,
      widths.allSatisfy({ $0 <= 65_536 }),
      let handle = ck_field_create(
        Int32(level ?? -1), Int32(clamping: coordinates), Int32(clamping: widths.count),
        widths.map { Int32(clamping: $0) }, omegas.map { $0 ?? 0 })
    else { return nil }
    self.handle = handle
    self.coordinates = coordinates
    outputs = last
    arrayCount = 2 * widths.count
    endsInSine = omegas.last != .some(nil)
    parameterCount = ck_field_parameter_count(handle)
  }

  deinit { ck_field_destroy(handle) }

  /// Rearranges the weights for the kernels, once per change of the parameters.
  ///
  /// - Parameter parameters: the flat parameters: W `[outputs, inputs]` and b `[outputs]` of each layer in
  ///   turn.
  public func packed(_ parameters: [Float]) -> PackedField {
    precondition(
      parameters.count == parameterCount,
      "\(parameters.count) parameters for a network of \(parameterCount)")
    return parameters.withUnsafeBufferPointer { buffer in
      packed((0..<arrayCount).map { array in buffer.baseAddress.map { $0 + start(of: array) } })
    }
  }

  /// Rearranges the weights from separate arrays, the weight and bias of each layer in turn.
  func packed(_ arrays: [UnsafePointer<Float>?]) -> PackedField {
    let packed = PackedField(field: self, buffer: .init(count: ck_field_packed_count(handle)))
    ck_field_pack(handle, arrays, packed.buffer.pointer)
    return packed
  }

  /// The start of an array in the flat parameters.
  fileprivate func start(of array: Int) -> Int {
    ck_field_array_start(handle, Int32(clamping: array))
  }
}

/// The weights of a network in the layout of the kernels.
public struct PackedField: Sendable {
  let field: FusedField
  let buffer: TensorBuffer
}

/// An accumulator for the derivative with respect to a network's weights.
final class FieldGradient: @unchecked Sendable {
  let field: FusedField
  let buffer: TensorBuffer

  /// Creates an accumulator of zeros.
  init(_ field: FusedField) {
    self.field = field
    buffer = TensorBuffer(count: ck_field_gradient_count(field.handle))
    buffer.pointer.update(repeating: 0, count: buffer.count)
  }

  /// Adds other accumulators in order; all threads share the work.
  func add(_ others: [FieldGradient]) {
    if others.isEmpty { return }
    Parallel.overRanges(buffer.count, grain: 1 << 15) { range in
      for other in others {
        ck_add_to(
          other.buffer.pointer + range.lowerBound, buffer.pointer + range.lowerBound, range.count)
      }
    }
  }

  /// Writes the derivative in the order of the flat parameters.
  func write(to target: UnsafeMutablePointer<Float>) {
    write(to: (0..<field.arrayCount).map { target + field.start(of: $0) })
  }

  /// Writes the derivatives with respect to the weight and bias of each layer in turn, skipping arrays that are
  /// nil.
  func write(to arrays: [UnsafeMutablePointer<Float>?]) {
    ck_field_unpack_gradient(field.handle, buffer.pointer, arrays)
  }
}

/// Scratch memory for the reverse pass of a tile, for one thread at a time.
///
/// Tiles that are reversed one after another share it, so it stays in a cache. Separate memory per tile would
/// have to be fetched each time.
final class FieldScratch {
  fileprivate let buffer: TensorBuffer

  /// Creates memory for tiles of at most `capacity` points.
  init(_ field: FusedField, _ mode: FusedField.Mode, capacity: Int) {
    buffer = TensorBuffer(
      count: ck_field_scratch_count(field.handle, mode.kernel, Int32(clamping: capacity)))
  }
}

/// Working memory of one tile, for one thread at a time.
final class FieldTile {
  let field: FusedField
  let mode: FusedField.Mode
  private let workspace: TensorBuffer
  private var points = 0

  private let kernel: ck_field_mode

  /// Creates memory for tiles of at most `capacity` points.
  ///
  /// - Parameter isReversed: whether ``reverse(_:value:gradient:laplacian:with:into:coordinates:)`` will be
  ///   called. Without it, evaluating values alone is faster and takes a fraction of the memory.
  init(_ field: FusedField, _ mode: FusedField.Mode, capacity: Int, isReversed: Bool = true) {
    self.field = field
    self.mode = mode
    kernel = mode == .value && !isReversed ? CK_FIELD_VALUE_ALONE : mode.kernel
    workspace = TensorBuffer(
      count: ck_field_workspace_count(field.handle, kernel, Int32(clamping: capacity)))
  }

  /// Evaluates the tile and keeps what ``reverse(_:value:gradient:laplacian:with:into:coordinates:)`` needs.
  func forward(
    _ packed: PackedField, points: Int, coordinates: UnsafePointer<Float>,
    value: UnsafeMutablePointer<Float>, gradient: UnsafeMutablePointer<Float>? = nil,
    laplacian: UnsafeMutablePointer<Float>? = nil
  ) {
    self.points = points
    ck_field_forward(
      field.handle, packed.buffer.pointer, kernel, coordinates, Int32(points),
      workspace.pointer, value, gradient, laplacian)
  }

  /// Adds the derivative, given the derivatives with respect to the outputs of the last forward pass.
  ///
  /// The forward pass is ``forward(_:points:coordinates:value:gradient:laplacian:)``.
  ///
  /// - Parameter scratch: memory for the same field and mode, and for at least as many points.
  func reverse(
    _ packed: PackedField, value: UnsafePointer<Float>, gradient: UnsafePointer<Float>? = nil,
    laplacian: UnsafePointer<Float>? = nil, with scratch: FieldScratch, into sum: FieldGradient,
    coordinates: UnsafeMutablePointer<Float>? = nil
  ) {
    ck_field_reverse(
      field.handle, packed.buffer.pointer, kernel, Int32(points), workspace.pointer, value,
      gradient, laplacian, scratch.buffer.pointer, sum.buffer.pointer, coordinates)
  }
}
