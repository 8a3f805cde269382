import COpenBLAS

/// A dense matrix in single precision, with half the memory and twice the speed of ``DoubleMatrix``.
///
/// It is for sums of many small terms without cancellation.
///
/// Storage is row-major: the element at row `i`, column `j` is `values[i * columns + j]`.
public struct SingleMatrix: Sendable, Equatable {
  /// Number of rows, at least 0.
  public let rows: Int
  /// Number of columns, at least 0.
  public let columns: Int
  /// `rows * columns` elements, row-major.
  public var values: [Float]

  /// A matrix from its elements, row-major.
  public init(rows: Int, columns: Int, values: [Float]) {
    precondition(
      rows >= 0 && columns >= 0, "a matrix cannot have \(rows) rows and \(columns) columns")
    precondition(
      values.count == rows * columns,
      "a \(rows)x\(columns) matrix needs \(rows * columns) values, got \(values.count)")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// A matrix whose elements are all 0.
  public init(rows: Int, columns: Int) {
    self.init(
      rows: rows, columns: columns, values: [Float](repeating: 0, count: rows * columns))
  }

  /// The nearest matrix in single precision.
  public init(_ other: DoubleMatrix) {
    self.init(rows: other.rows, columns: other.columns, values: other.values.map { Float($0) })
  }

  /// The matrix product `self * other`: `[rows, columns]` times `[columns, n]` is `[rows, n]`.
  public func multiplied(by other: SingleMatrix) -> SingleMatrix {
    precondition(
      columns == other.rows,
      "cannot multiply \(rows)x\(columns) by \(other.rows)x\(other.columns)")
    return product(CblasNoTrans, rows: rows, depth: columns, other)
  }

  /// The matrix product `self^T * other`, without forming the transpose.
  public func transposedMultiplied(by other: SingleMatrix) -> SingleMatrix {
    precondition(
      rows == other.rows,
      "cannot multiply the transpose of \(rows)x\(columns) by \(other.rows)x\(other.columns)")
    return product(CblasTrans, rows: columns, depth: rows, other)
  }

  /// The symmetric product `self^T * self`, `[columns, columns]`: half the work of a general one.
  public func gram() -> SingleMatrix {
    var result = SingleMatrix(rows: columns, columns: columns)
    guard rows > 0, columns > 0 else { return result }
    cblas_ssyrk(
      CblasRowMajor, CblasLower, CblasTrans, blasInteger(columns), blasInteger(rows), 1, values,
      blasInteger(columns), 0, &result.values, blasInteger(columns))
    result.values.mirrorLowerTriangle(order: columns)
    return result
  }

  private func product(
    _ side: CBLAS_TRANSPOSE, rows count: Int, depth: Int, _ other: SingleMatrix
  ) -> SingleMatrix {
    var result = SingleMatrix(rows: count, columns: other.columns)
    guard count > 0, depth > 0, other.columns > 0 else { return result }
    // A vector's product is one pass over the matrix; the general one would copy it first.
    if other.columns == 1 {
      cblas_sgemv(
        CblasRowMajor, side, blasInteger(rows), blasInteger(columns), 1, values,
        blasInteger(columns), other.values, 1, 0, &result.values, 1)
      return result
    }
    cblas_sgemm(
      CblasRowMajor, side, CblasNoTrans, blasInteger(count), blasInteger(other.columns),
      blasInteger(depth), 1, values, blasInteger(columns), other.values,
      blasInteger(other.columns), 0, &result.values, blasInteger(other.columns))
    return result
  }

  /// The inner product of each row with the same row of another matrix, summed in double precision.
  public func rowProducts(with other: SingleMatrix) -> [Double] {
    precondition(
      rows == other.rows && columns == other.columns,
      "cannot pair the rows of \(rows)x\(columns) with those of \(other.rows)x\(other.columns)")
    return values.withUnsafeBufferPointer { own in
      other.values.withUnsafeBufferPointer { other in
        (0..<rows).map { row in
          let (start, end) = (row * columns, (row + 1) * columns)
          // Four sums side by side, because a single one would wait for each addition.
          var sums = SIMD4<Double>()
          for index in stride(from: start, to: end - 3, by: 4) {
            for lane in 0..<4 { sums[lane] += Double(own[index + lane] * other[index + lane]) }
          }
          var sum = sums.sum()
          for index in end - columns % 4..<end { sum += Double(own[index] * other[index]) }
          return sum
        }
      }
    }
  }

  /// Stacks matrices of the same number of columns vertically.
  public init(stacking parts: [SingleMatrix], columns: Int) {
    self.init(
      rows: parts.reduce(0) { $0 + $1.rows }, columns: columns, values: parts.flatMap(\.values))
  }

  /// Rows that lie side by side.
  public func rows(_ wanted: Range<Int>) -> SingleMatrix {
    SingleMatrix(
      rows: wanted.count, columns: columns,
      values: Array(values[wanted.lowerBound * columns..<wanted.upperBound * columns]))
  }

  /// Some rows, in the order given.
  public func rows(_ wanted: [Int]) -> SingleMatrix {
    var result: [Float] = []
    result.reserveCapacity(wanted.count * columns)
    for row in wanted { result.append(contentsOf: values[row * columns..<(row + 1) * columns]) }
    return SingleMatrix(rows: wanted.count, columns: columns, values: result)
  }

  /// Some columns, in the order given.
  public func columns(_ wanted: [Int]) -> SingleMatrix {
    var result = SingleMatrix(rows: rows, columns: wanted.count)
    let width = columns
    result.values.withUnsafeMutableBufferPointer { target in
      values.withUnsafeBufferPointer { source in
        for row in 0..<rows {
          for (place, column) in wanted.enumerated() {
            target[row * wanted.count + place] = source[row * width + column]
          }
        }
      }
    }
    return result
  }

  /// Adds a multiple of a matrix of the same shape.
  public mutating func add(_ other: SingleMatrix, times factor: Float) {
    precondition(
      rows == other.rows && columns == other.columns,
      "cannot add \(other.rows)x\(other.columns) to \(rows)x\(columns)")
    cblas_saxpy(blasInteger(values.count), factor, other.values, 1, &values, 1)
  }
}
