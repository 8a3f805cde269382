import COpenBLAS

/// A dense matrix in double precision, for closed forms that need more than float32.
///
/// Storage is row-major: the element at row `i`, column `j` is `values[i * columns + j]`.
public struct DoubleMatrix: Sendable, Equatable {
  /// Number of rows, at least 0.
  public let rows: Int
  /// Number of columns, at least 0.
  public let columns: Int
  /// `rows * columns` elements, row-major.
  public var values: [Double]

  /// A matrix from its elements, row-major.
  public init(rows: Int, columns: Int, values: [Double]) {
    precondition(
      rows >= 0 && columns >= 0, "a matrix cannot have \(rows) rows and \(columns) columns")
    precondition(
      values.count == rows * columns,
      "a \(rows)x\(columns) matrix needs \(rows * columns) values, got \(values.count)")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// A matrix whose elements all have one value.
  public init(rows: Int, columns: Int, filledWith value: Double = 0) {
    self.init(
      rows: rows, columns: columns, values: [Double](repeating: value, count: rows * columns))
  }

  /// The identity matrix of an order.
  public static func identity(_ order: Int) -> DoubleMatrix {
    var result = DoubleMatrix(rows: order, columns: order)
    for index in 0..<order { result[index, index] = 1 }
    return result
  }

  /// The element at a row and a column.
  public subscript(row: Int, column: Int) -> Double {
    get {
      precondition(column >= 0 && column < columns, "column \(column) of \(columns)")
      return values[row * columns + column]
    }
    set {
      precondition(column >= 0 && column < columns, "column \(column) of \(columns)")
      values[row * columns + column] = newValue
    }
  }

  /// The matrix with rows and columns exchanged.
  public func transposed() -> DoubleMatrix {
    var result = DoubleMatrix(rows: columns, columns: rows)
    for row in 0..<rows {
      for column in 0..<columns {
        result.values[column * rows + row] = values[row * columns + column]
      }
    }
    return result
  }

  /// The matrix product `self * other`: `[rows, columns]` times `[columns, n]` is `[rows, n]`.
  public func multiplied(by other: DoubleMatrix) -> DoubleMatrix {
    precondition(
      columns == other.rows,
      "cannot multiply \(rows)x\(columns) by \(other.rows)x\(other.columns)")
    var result = DoubleMatrix(rows: rows, columns: other.columns)
    guard rows > 0, columns > 0, other.columns > 0 else { return result }
    if other.columns == 1 {
      multiplyVector(CblasNoTrans, other.values, &result.values)
      return result
    }
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, blasInteger(rows), blasInteger(other.columns),
      blasInteger(columns), 1, values, blasInteger(columns), other.values,
      blasInteger(other.columns), 0, &result.values, blasInteger(other.columns))
    return result
  }

  /// The matrix product `self^T * other`: `[n, rows]` times `[n, columns]` of the other is
  /// `[columns, other.columns]`, without forming the transpose.
  public func transposedMultiplied(by other: DoubleMatrix) -> DoubleMatrix {
    precondition(
      rows == other.rows,
      "cannot multiply the transpose of \(rows)x\(columns) by \(other.rows)x\(other.columns)")
    var result = DoubleMatrix(rows: columns, columns: other.columns)
    guard rows > 0, columns > 0, other.columns > 0 else { return result }
    if other.columns == 1 {
      multiplyVector(CblasTrans, other.values, &result.values)
      return result
    }
    cblas_dgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, blasInteger(columns), blasInteger(other.columns),
      blasInteger(rows), 1, values, blasInteger(columns), other.values,
      blasInteger(other.columns), 0, &result.values, blasInteger(other.columns))
    return result
  }

  /// A vector's product is one pass over the matrix; the general one would copy it first.
  private func multiplyVector(
    _ side: CBLAS_TRANSPOSE, _ vector: [Double], _ result: inout [Double]
  ) {
    cblas_dgemv(
      CblasRowMajor, side, blasInteger(rows), blasInteger(columns), 1, values,
      blasInteger(columns), vector, 1, 0, &result, 1)
  }

  /// The symmetric product `self^T * self`, `[columns, columns]`: half the work of a general one.
  public func gram() -> DoubleMatrix { symmetricProduct(CblasTrans, order: columns, depth: rows) }

  /// The symmetric product `self * self^T`, `[rows, rows]`: half the work of a general one.
  public func rowGram() -> DoubleMatrix {
    symmetricProduct(CblasNoTrans, order: rows, depth: columns)
  }

  private func symmetricProduct(
    _ side: CBLAS_TRANSPOSE, order: Int, depth: Int
  ) -> DoubleMatrix {
    var result = DoubleMatrix(rows: order, columns: order)
    guard order > 0, depth > 0 else { return result }
    cblas_dsyrk(
      CblasRowMajor, CblasLower, side, blasInteger(order), blasInteger(depth), 1, values,
      blasInteger(columns), 0, &result.values, blasInteger(order))
    result.mirrorLowerTriangle()
    return result
  }

  /// Makes a square matrix symmetric by what is below its diagonal.
  mutating func mirrorLowerTriangle() { values.mirrorLowerTriangle(order: rows) }

  /// The product with a column vector of `columns` elements: `rows` elements.
  public func multiplied(by vector: [Double]) -> [Double] {
    multiplied(by: DoubleMatrix(rows: vector.count, columns: 1, values: vector)).values
  }
}

/// A dimension as BLAS and LAPACK take it.
func blasInteger(_ value: Int) -> Int32 {
  precondition(value <= Int(Int32.max), "\(value) is too large a dimension for BLAS")
  return Int32(value)
}

extension Array where Element: BinaryFloatingPoint {
  /// Makes a square row-major matrix symmetric by what is below its diagonal.
  mutating func mirrorLowerTriangle(order: Int) {
    withUnsafeMutableBufferPointer { values in
      // In blocks: a column of a large matrix lies on as many pages as it has rows.
      let block = 32
      for top in stride(from: 0, to: order, by: block) {
        for left in stride(from: 0, through: top, by: block) {
          for row in top..<Swift.min(order, top + block) {
            for column in left..<Swift.min(row, left + block) {
              values[column * order + row] = values[row * order + column]
            }
          }
        }
      }
    }
  }
}

extension DoubleMatrix: GroupMessage {
  package func append(to message: inout GroupBytes) {
    [rows, columns].append(to: &message)
    values.append(to: &message)
  }

  package init?(from message: inout GroupBytes) {
    guard let shape = [Int](from: &message), let values = [Double](from: &message),
      shape.count == 2, shape[0].multipliedReportingOverflow(by: shape[1]) == (values.count, false)
    else { return nil }
    self.init(rows: shape[0], columns: shape[1], values: values)
  }
}
