import DifferentiableCore
import Signals

/// A condition on the differences of a field between pixels.
///
/// Measured stencil responses are compared with those of the same stencil on the field. Values are those of the
/// network, -1...1 for a picture's 0...1, so all targets refer to the picture 2v - 1.
public enum GridTerm: Sendable {
  /// The Sobel responses, `Image.sobel()`; one eighth of them is used, the derivative per pixel.
  case sobel(y: Image, x: Image)
  /// The five-point Laplacian, `Image.laplacian()`, by the variational form of Poisson's equation.
  ///
  /// Updates follow the derivative of `sum |grad F|^2 / 2 + f F` (Ritz), whose condition number is the square root of
  /// that of `|laplacian F - f|^2`, so slow variations are also found. The reported loss is the mean of `(laplacian F
  /// - f)^2`.
  case laplacian(Image)
  /// The differences between neighbours.
  case gradient(PictureGradient)
  /// The values of the marked pixels.
  case values(Image, where: [Bool])

  /// A rectangle of pixels with the field's values on it.
  struct Window {
    let rows: Range<Int>
    let columns: Range<Int>
    /// Rows of the whole picture.
    let height: Int
    /// Columns of the whole picture.
    let width: Int
    let channels: Int
    /// Position of the first value in the arrays.
    let base: Int

    var pointCount: Int { rows.count * columns.count }

    func index(_ row: Int, _ column: Int) -> Int {
      base + ((row - rows.lowerBound) * columns.count + column - columns.lowerBound) * channels
    }

    /// Rows whose neighbours lie in the window, or are reflected at the picture's border.
    var innerRows: Range<Int> { inner(rows, height) }
    /// Columns whose neighbours lie in the window, or are reflected at the picture's border.
    var innerColumns: Range<Int> { inner(columns, width) }

    private func inner(_ range: Range<Int>, _ size: Int) -> Range<Int> {
      let first = range.lowerBound + (range.lowerBound > 0 ? 1 : 0)
      let end = range.upperBound - (range.upperBound < size ? 1 : 0)
      return first..<max(first, end)
    }
  }

  /// Adds the share of one window.
  ///
  /// - Parameters:
  ///   - values: the field's values in all windows.
  ///   - cotangent: the array to which the derivative of the sum with respect to the values is added.
  /// - Returns: the sum of squared residuals and their number.
  func add(
    _ window: Window, _ values: [Float], to cotangent: inout [Float]
  ) -> (sum: Double, count: Int) {
    switch self {
    case .sobel(let y, let x): addSobel(y, x, window, values, &cotangent)
    case .laplacian(let target): addLaplacian(target, window, values, &cotangent)
    case .gradient(let target): addGradient(target, window, values, &cotangent)
    case .values(let target, let mask): addValues(target, mask, window, values, &cotangent)
    }
  }

  private func addSobel(
    _ targetY: Image, _ targetX: Image, _ window: Window, _ values: [Float],
    _ cotangent: inout [Float]
  ) -> (sum: Double, count: Int) {
    let smoothing: [Float] = [1, 2, 1]
    var sum = 0.0
    for row in window.innerRows {
      let rows = [max(0, row - 1), row, min(window.height - 1, row + 1)]
      for column in window.innerColumns {
        let columns = [max(0, column - 1), column, min(window.width - 1, column + 1)]
        for channel in 0..<window.channels {
          var (down, right): (Float, Float) = (0, 0)
          for step in 0..<3 {
            let at = { (y: Int, x: Int) in values[window.index(y, x) + channel] }
            down += smoothing[step] * (at(rows[2], columns[step]) - at(rows[0], columns[step]))
            right += smoothing[step] * (at(rows[step], columns[2]) - at(rows[step], columns[0]))
          }
          let errorY = (down - targetY[row, column, channel]) / 8
          let errorX = (right - targetX[row, column, channel]) / 8
          sum += Double(errorY * errorY + errorX * errorX)
          for step in 0..<3 {
            let (shareY, shareX) = (smoothing[step] * errorY / 4, smoothing[step] * errorX / 4)
            cotangent[window.index(rows[2], columns[step]) + channel] += shareY
            cotangent[window.index(rows[0], columns[step]) + channel] -= shareY
            cotangent[window.index(rows[step], columns[2]) + channel] += shareX
            cotangent[window.index(rows[step], columns[0]) + channel] -= shareX
          }
        }
      }
    }
    return (sum, window.innerRows.count * window.innerColumns.count)
  }

  private func addLaplacian(
    _ target: Image, _ window: Window, _ values: [Float], _ cotangent: inout [Float]
  ) -> (sum: Double, count: Int) {
    var sum = 0.0
    for row in window.innerRows {
      let (above, below) = (max(0, row - 1), min(window.height - 1, row + 1))
      for column in window.innerColumns {
        let (left, right) = (max(0, column - 1), min(window.width - 1, column + 1))
        for channel in 0..<window.channels {
          let at = { (y: Int, x: Int) in values[window.index(y, x) + channel] }
          let error =
            at(above, column) + at(below, column) + at(row, left) + at(row, right)
            - 4 * at(row, column) - target[row, column, channel]
          sum += Double(error * error)
          cotangent[window.index(row, column) + channel] -= 2 * error
        }
      }
    }
    return (sum, window.innerRows.count * window.innerColumns.count)
  }

  private func addGradient(
    _ target: PictureGradient, _ window: Window, _ values: [Float], _ cotangent: inout [Float]
  ) -> (sum: Double, count: Int) {
    var sum = 0.0
    let add = { (from: Int, to: Int, wanted: Float, cotangent: inout [Float]) in
      let error = values[to] - values[from] - wanted
      sum += Double(error * error)
      cotangent[to] += 2 * error
      cotangent[from] -= 2 * error
    }
    for row in window.rows {
      for column in window.columns {
        for channel in 0..<window.channels {
          let here = window.index(row, column) + channel
          if row + 1 < window.rows.upperBound {
            add(
              here, window.index(row + 1, column) + channel, target.down[row, column, channel],
              &cotangent)
          }
          if column + 1 < window.columns.upperBound {
            add(
              here, window.index(row, column + 1) + channel, target.right[row, column, channel],
              &cotangent)
          }
        }
      }
    }
    return (sum, window.pointCount)
  }

  private func addValues(
    _ target: Image, _ mask: [Bool], _ window: Window, _ values: [Float],
    _ cotangent: inout [Float]
  ) -> (sum: Double, count: Int) {
    var sum = 0.0
    for row in window.rows {
      for column in window.columns where mask[row * window.width + column] {
        for channel in 0..<window.channels {
          let here = window.index(row, column) + channel
          let error = values[here] - target[row, column, channel]
          sum += Double(error * error)
          cotangent[here] += 2 * error
        }
      }
    }
    // The mean is taken over all pixels, so that a few known ones do not outweigh the rest.
    return (sum, window.pointCount)
  }
}
