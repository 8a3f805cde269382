extension [Double] {
  /// The value at a place in ascending order, without sorting all values.
  ///
  /// - Parameter place: 0 for the smallest value.
  func smallest(_ place: Int) -> Double {
    var (candidates, place) = (self, place)
    while candidates.count > 64 {
      let ends = [
        candidates[0], candidates[candidates.count / 2], candidates[candidates.count - 1],
      ]
      let pivot = ends.sorted()[1]
      let less = candidates.filter { $0 < pivot }
      if place < less.count {
        candidates = less
        continue
      }
      let more = candidates.filter { $0 > pivot }
      let others = candidates.count - more.count
      if place < others { return pivot }
      place -= others
      candidates = more
    }
    return candidates.sorted()[place]
  }
}
