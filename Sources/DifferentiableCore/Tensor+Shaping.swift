import CKernels

extension Tensor {
  /// The same values in the same order with another shape; one extent may be -1 and is then inferred.
  public func reshaped(_ target: [Int]) -> Tensor {
    var target = target
    if let free = target.firstIndex(of: -1) {
      let others = target.indices.filter { $0 != free }.reduce(1) { $0 * target[$1] }
      target[free] = others == 0 ? 0 : count / others
    }
    if target == shape { return self }
    precondition(
      target.reduce(1, *) == count, "\(shape) holds \(count) values, \(target) would not")
    let own = shape
    return Tensor(shape: target, buffer: buffer).recorded(from: [self]) {
      [$0.cotangent.reshaped(own)]
    }
  }

  /// The axes in another order: axis i of the result is axis `order[i]` of this tensor.
  public func permuted(_ order: [Int]) -> Tensor {
    precondition(order.sorted() == Array(0..<rank), "\(order) does not order the axes of \(shape)")
    if order == Array(0..<rank) { return self }
    let dense = BroadcastPlan.strides(of: shape, repeatedOver: shape)
    let target = order.map { shape[$0] }
    let result = Tensor.writing(target) { output in
      if target.contains(0) { return }
      ck_copy_strided(
        buffer.pointer, order.map { dense[$0] }, output, target, Int32(rank))
    }
    var inverse = [Int](repeating: 0, count: rank)
    for (position, axis) in order.enumerated() { inverse[axis] = position }
    let back = inverse
    return result.recorded(from: [self]) { [$0.cotangent.permuted(back)] }
  }

  /// The last two axes exchanged.
  public func transposed() -> Tensor {
    precondition(rank >= 2, "transposing needs two axes, got \(shape)")
    return permuted(Array(0..<rank - 2) + [rank - 1, rank - 2])
  }

  /// The slice of one axis given by `range`.
  public func sliced(axis: Int, _ range: Range<Int>) -> Tensor {
    let axis = self.axis(axis)
    precondition(
      range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "\(range) does not lie within axis \(axis) of \(shape)")
    if range == 0..<shape[axis] { return self }
    var target = shape
    target[axis] = range.count
    let inner = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    let (full, part) = (shape[axis] * inner, range.count * inner)
    let result = Tensor.writing(target) { output in
      for block in 0..<outer {
        (output + block * part).update(
          from: buffer.pointer + block * full + range.lowerBound * inner, count: part)
      }
    }
    let extent = shape[axis]
    return result.recorded(from: [self]) {
      [$0.cotangent.padded(axis: axis, before: range.lowerBound, after: extent - range.upperBound)]
    }
  }

  /// The tensor with zeros added before and after along one axis.
  public func padded(axis: Int, before: Int, after: Int) -> Tensor {
    let axis = self.axis(axis)
    precondition(before >= 0 && after >= 0, "padding cannot be negative: \(before), \(after)")
    var target = shape
    target[axis] += before + after
    let inner = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    let (part, full) = (shape[axis] * inner, target[axis] * inner)
    let result = Tensor.writing(target) { output in
      for block in 0..<outer {
        let start = output + block * full
        start.update(repeating: 0, count: before * inner)
        (start + before * inner).update(from: buffer.pointer + block * part, count: part)
        (start + before * inner + part).update(repeating: 0, count: after * inner)
      }
    }
    let own = before..<before + shape[axis]
    return result.recorded(from: [self]) { [$0.cotangent.sliced(axis: axis, own)] }
  }

  /// Tensors joined along one axis; all other extents must be equal.
  public static func concatenated(_ parts: [Tensor], axis: Int) -> Tensor {
    precondition(!parts.isEmpty, "nothing to concatenate")
    if parts.count == 1 { return parts[0] }
    let axis = parts[0].axis(axis)
    var target = parts[0].shape
    target[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
    for part in parts {
      var other = part.shape
      other[axis] = target[axis]
      precondition(other == target, "\(part.shape) does not join \(parts[0].shape)")
    }
    let inner = target[(axis + 1)...].reduce(1, *)
    let outer = target[..<axis].reduce(1, *)
    let full = target[axis] * inner
    let result = Tensor.writing(target) { output in
      var offset = 0
      for part in parts {
        let length = part.shape[axis] * inner
        for block in 0..<outer {
          (output + block * full + offset).update(
            from: part.buffer.pointer + block * length, count: length)
        }
        offset += length
      }
    }
    let extents = parts.map { $0.shape[axis] }
    return result.recorded(from: parts) { pull in
      var start = 0
      return extents.enumerated().map { position, extent in
        defer { start += extent }
        return pull.needed[position]
          ? pull.cotangent.sliced(axis: axis, start..<start + extent) : nil
      }
    }
  }

  /// Rows of the first axis selected by index, in the given order; repetition is allowed.
  ///
  /// - Returns: `[indices.count, ...]`.
  public func gatheredRows(_ indices: [Int]) -> Tensor {
    precondition(rank >= 1, "a single number has no rows")
    let rows = shape[0]
    let length = shape.dropFirst().reduce(1, *)
    let result = Tensor.writing([indices.count] + shape.dropFirst()) { output in
      for (position, row) in indices.enumerated() {
        precondition(row >= 0 && row < rows, "row \(row) does not exist in \(shape)")
        (output + position * length).update(from: buffer.pointer + row * length, count: length)
      }
    }
    return result.recorded(from: [self]) {
      [$0.cotangent.scatteredRows(indices, count: rows)]
    }
  }

  /// The adjoint of ``gatheredRows(_:)``: row i is added to row `indices[i]` of zeros.
  ///
  /// - Returns: `[count, ...]`.
  public func scatteredRows(_ indices: [Int], count rows: Int) -> Tensor {
    precondition(
      rank >= 1 && shape[0] == indices.count, "\(indices.count) indices do not fit \(shape)")
    let length = shape.dropFirst().reduce(1, *)
    let result = Tensor.writing([rows] + shape.dropFirst()) { output in
      output.update(repeating: 0, count: rows * length)
      for (position, row) in indices.enumerated() {
        precondition(row >= 0 && row < rows, "row \(row) does not exist among \(rows)")
        ck_add_to(buffer.pointer + position * length, output + row * length, length)
      }
    }
    return result.recorded(from: [self]) { [$0.cotangent.gatheredRows(indices)] }
  }
}
