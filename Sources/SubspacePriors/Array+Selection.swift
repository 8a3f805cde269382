extension [Double] {
  /// The value that so many values come before once all are sorted, without sorting them.
  ///
  /// - Parameter place: 0 is the smallest.
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
