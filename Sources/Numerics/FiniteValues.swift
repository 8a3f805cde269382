extension [Float] {
  /// Whether no value is infinite or not a number.
  ///
  /// A model has millions of numbers. The largest of their bit patterns is found by vector
  /// instructions, which a test of each number would prevent.
  package var areFinite: Bool {
    withUnsafeBufferPointer { values in
      var largest: UInt32 = 0
      for value in values { largest = Swift.max(largest, value.bitPattern & 0x7fff_ffff) }
      return largest < Float.infinity.bitPattern
    }
  }
}
