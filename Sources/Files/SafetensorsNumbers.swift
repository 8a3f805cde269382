import CKernels

/// Conversions between numbers in memory and those of a safetensors file.
enum SafetensorsNumbers {
  /// Numbers rounded to half precision, by their bits.
  static func halves(_ values: [Float]) -> [UInt16] {
    [UInt16](unsafeUninitializedCapacity: values.count) { buffer, filled in
      if let base = buffer.baseAddress { ck_float_to_half(values, base, values.count) }
      filled = values.count
    }
  }

  /// The numbers of half precision, given by their bits.
  static func singles(ofHalves halves: [UInt16]) -> [Float] {
    [Float](unsafeUninitializedCapacity: halves.count) { buffer, filled in
      if let base = buffer.baseAddress { ck_half_to_float(halves, base, halves.count) }
      filled = halves.count
    }
  }

  /// The numbers in some bytes of a file, each of 2, 4 or 8 bytes.
  static func read(_ bytes: UnsafeRawBufferPointer, width: Int) -> [Float] {
    switch width {
    case 2: singles(ofHalves: halves(in: bytes))
    case 4: singles(in: bytes)
    default: doubles(in: bytes)
    }
  }

  /// Little-endian half precision numbers, by their bits.
  private static func halves(in bytes: UnsafeRawBufferPointer) -> [UInt16] {
    let count = bytes.count / 2
    let values = [UInt16](unsafeUninitializedCapacity: count) { buffer, filled in
      UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
      filled = count
    }
    guard UInt16(1).littleEndian != 1 else { return values }
    return values.map { UInt16(littleEndian: $0) }
  }

  /// Little-endian single precision numbers.
  ///
  /// They are copied once, because a model has millions.
  private static func singles(in bytes: UnsafeRawBufferPointer) -> [Float] {
    let count = bytes.count / 4
    let values = [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
      filled = count
    }
    guard UInt32(1).littleEndian != 1 else { return values }
    return values.map { Float(bitPattern: UInt32(littleEndian: $0.bitPattern)) }
  }

  /// Little-endian double precision numbers, rounded to single.
  private static func doubles(in bytes: UnsafeRawBufferPointer) -> [Float] {
    (0..<bytes.count / 8).map { index in
      let bits = bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
      return Float(Double(bitPattern: UInt64(littleEndian: bits)))
    }
  }
}
