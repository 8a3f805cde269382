import COpenBLAS
import Numerics

extension Tensor {
  /// The solutions X of `A X = B` for symmetric positive definite matrices A, in double precision.
  ///
  /// Only the symmetric part of `self` = A matters. The solution is NaN if a matrix is not positive definite. A
  /// training loop then notices a loss that is not finite.
  ///
  /// - Parameter right: B, `[..., k, n]` with the leading axes of A.
  /// - Returns: `[..., k, n]`.
  public func positiveDefiniteSolution(_ right: Tensor) -> Tensor {
    precondition(
      rank >= 2 && right.rank == rank && shape[rank - 1] == shape[rank - 2]
        && shape.dropLast() == right.shape.dropLast(),
      "cannot solve a system of shape \(shape) for \(right.shape)")
    let (size, columns) = (shape[rank - 1], right.shape[rank - 1])
    let batch = shape.dropLast(2).reduce(1, *)
    let result = Tensor.writing(right.shape) { output in
      let base = UInt(bitPattern: output)
      let isSmall = batch * size * size * (size / 3 + columns) < 1_000_000
      Parallel.forEach(batch, upTo: isSmall ? 1 : batch) { item in
        guard let output = UnsafeMutablePointer<Float>(bitPattern: base) else { return }
        Self.solveOne(
          matrix: buffer.pointer + item * size * size,
          right: right.buffer.pointer + item * size * columns,
          output: output + item * size * columns, size: size, columns: columns)
      }
    }
    return result.recorded(from: [self, right], keepingOutput: true) { pull in
      let solved = pull.inputs[0].positiveDefiniteSolution(pull.cotangent)
      guard pull.needed[0] else { return [nil, solved] }
      let product = solved.matrixProduct(pull.output, transposingRight: true)
      return [(product + product.transposed()) * -0.5, solved]
    }
  }

  private static func solveOne(
    matrix: UnsafePointer<Float>, right: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, size: Int, columns: Int
  ) {
    if size == 0 || columns == 0 { return }
    var factor = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      for column in 0...row {
        let value =
          0.5 * (Double(matrix[row * size + column]) + Double(matrix[column * size + row]))
        // LAPACK is column-major, so the row-major upper triangle is its lower triangle.
        factor[column * size + row] = value
      }
    }
    var solution = [Double](repeating: 0, count: size * columns)
    for row in 0..<size {
      for column in 0..<columns {
        solution[column * size + row] = Double(right[row * columns + column])
      }
    }
    var (order, count, status) = (Int32(size), Int32(columns), Int32(0))
    var triangle = CChar(UInt8(ascii: "L"))
    dpotrf_(&triangle, &order, &factor, &order, &status)
    if status == 0 {
      dpotrs_(&triangle, &order, &count, &factor, &order, &solution, &order, &status)
    }
    for row in 0..<size {
      for column in 0..<columns {
        output[row * columns + column] =
          status == 0 ? Float(solution[column * size + row]) : Float.nan
      }
    }
  }
}
