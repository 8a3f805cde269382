/// Some of the pictures of a collection.
package struct SelectedPictures: TrainingPictures {
  private let whole: any TrainingPictures
  private let indices: [Int]

  /// The pictures of the given indices, in their order.
  package init(_ whole: any TrainingPictures, _ indices: [Int]) {
    self.whole = whole
    self.indices = indices
  }

  package var count: Int { indices.count }
  package var size: Int { whole.size }
  package var channels: Int { whole.channels }
  package func values(at index: Int) throws -> [Float] { try whole.values(at: indices[index]) }
}
