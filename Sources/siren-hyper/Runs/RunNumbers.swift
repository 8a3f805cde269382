import ArgumentParser

/// Throws for numbers of runs below 1, or one that is given twice.
func checkRuns(_ ids: [Int64]) throws {
  if let id = ids.first(where: { $0 < 1 }) {
    throw ValidationError("The number of a run is \(id), expected at least 1.")
  }
  let twice = ids.enumerated().first { ids[..<$0.offset].contains($0.element) }
  if let twice { throw ValidationError("Run \(twice.element) is given twice, omit one.") }
}
