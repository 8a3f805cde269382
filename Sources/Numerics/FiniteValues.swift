extension [Float] {
  /// Whether no value is infinite or not a number.
  ///
  /// A model has millions of numbers: the largest of their bit patterns is found many at a time, a test of
  /// each is not.
  package var areFinite: Bool {
    withUnsafeBufferPointer { values in
      var largest: UInt32 = 0
      for value in values { largest = Swift.max(largest, value.bitPattern & 0x7fff_ffff) }
      return largest < Float.infinity.bitPattern
    }
  }
}
