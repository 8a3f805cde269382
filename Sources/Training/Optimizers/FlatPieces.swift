import DifferentiableCore
import Numerics

/// Loops over flat buffers, on several threads if the buffers are large enough.
///
/// Pieces depend on the number of values alone, so results do not depend on the number of threads.
enum FlatPieces {
  /// Values per piece, such that a piece of every array fits into the second-level cache.
  static let length = 1 << 16
  /// With fewer pieces the calling thread does all, because waking another costs as much (measured:
  /// 50 to 150 microseconds).
  private static let fewest = 4

  /// Calls `body` once for every piece of 0..<count.
  static func forEach(_ count: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let pieces = (count + length - 1) / length
    Parallel.forEach(pieces, upTo: pieces < fewest ? 1 : .max) { piece in
      body(piece * length..<min(count, (piece + 1) * length))
    }
  }

  typealias Pointer = UnsafeMutablePointer<Float>

  /// Updates parameters in place.
  static func update(
    _ values: inout [Float], with other: [Float],
    _ kernel: @Sendable (Pointer, UnsafePointer<Float>, Int) -> Void
  ) {
    values.withUnsafeMutableBufferPointer { values in
      other.withUnsafeBufferPointer { other in
        guard let p = values.baseAddress, let o = other.baseAddress else { return }
        // Pieces do not overlap, and no pointer outlives this call.
        nonisolated(unsafe) let (own, others) = (p, o)
        forEach(other.count) { piece in
          kernel(own + piece.lowerBound, others + piece.lowerBound, piece.count)
        }
      }
    }
  }

  /// Updates parameters and an array of state of the same length in place.
  static func update(
    _ values: inout [Float], _ state: inout [Float], with gradient: [Float],
    _ kernel: @Sendable (Pointer, Pointer, UnsafePointer<Float>, Int) -> Void
  ) {
    values.withUnsafeMutableBufferPointer { values in
      state.withUnsafeMutableBufferPointer { state in
        gradient.withUnsafeBufferPointer { gradient in
          guard let p = values.baseAddress, let a = state.baseAddress,
            let g = gradient.baseAddress
          else { return }
          // Pieces do not overlap, and no pointer outlives this call.
          nonisolated(unsafe) let (parameters, first, slopes) = (p, a, g)
          forEach(gradient.count) { piece in
            let start = piece.lowerBound
            kernel(parameters + start, first + start, slopes + start, piece.count)
          }
        }
      }
    }
  }

  /// Updates parameters and two arrays of state of the same length in place.
  static func update(
    _ values: inout [Float], _ first: inout [Float], _ second: inout [Float],
    with gradient: [Float],
    _ kernel: @Sendable (Pointer, Pointer, Pointer, UnsafePointer<Float>, Int) -> Void
  ) {
    withPointers(&values, &first, &second) { parameters, first, second in
      gradient.withUnsafeBufferPointer { gradient in
        guard let g = gradient.baseAddress else { return }
        nonisolated(unsafe) let (p, a, b, slopes) = (parameters, first, second, g)
        forEach(gradient.count) { piece in
          let start = piece.lowerBound
          kernel(p + start, a + start, b + start, slopes + start, piece.count)
        }
      }
    }
  }

  /// The same for a gradient whose parts lie apart, in one parallel region over all pieces.
  static func update(
    _ values: inout [Float], _ first: inout [Float], _ second: inout [Float],
    with gradient: ParameterGradient,
    _ kernel: @Sendable (Pointer, Pointer, Pointer, UnsafePointer<Float>, Int) -> Void
  ) {
    let entries = gradient.layout.entries
    let pieces = gradient.layout.pieces(of: length)
    withPointers(&values, &first, &second) { parameters, first, second in
      nonisolated(unsafe) let (p, a, b) = (parameters, first, second)
      let isShort = gradient.layout.count < fewest * length
      Parallel.forEach(pieces.count, upTo: isShort ? 1 : .max) { number in
        let (index, range) = pieces[number]
        let start = entries[index].offset + range.lowerBound
        gradient.parts[index].withValues { slopes in
          guard let g = slopes.baseAddress else { return }
          kernel(p + start, a + start, b + start, g + range.lowerBound, range.count)
        }
      }
    }
  }

  /// Calls `body` with the pointers of three arrays of one length, unless they are empty.
  private static func withPointers(
    _ values: inout [Float], _ first: inout [Float], _ second: inout [Float],
    _ body: (Pointer, Pointer, Pointer) -> Void
  ) {
    values.withUnsafeMutableBufferPointer { values in
      first.withUnsafeMutableBufferPointer { first in
        second.withUnsafeMutableBufferPointer { second in
          guard let p = values.baseAddress, let a = first.baseAddress,
            let b = second.baseAddress
          else { return }
          body(p, a, b)
        }
      }
    }
  }
}
