extension WorkGroup {
  /// The results of `body` for every index of 0..<count, in order, on every member.
  ///
  /// A member computes a contiguous share on its threads. Within `body` the process is alone, so what `body` calls
  /// divides nothing among members.
  ///
  /// - Parameters:
  ///   - total: the number of results; the same on every member.
  ///   - limit: at most this many threads of a member.
  ///   - body: depends on the index alone.
  /// - Throws: the error of `body` with the lowest index, as `Parallel.map` does.
  package func map<Value: GroupMessage>(
    _ total: Int, upTo limit: Int = .max, _ body: @Sendable (Int) throws -> Value
  ) throws -> [Value] {
    if isAlone { return try Parallel.map(total, upTo: limit, body) }
    let own = share(of: total)
    let outcomes = Self.$current.withValue(.alone) {
      Parallel.map(own.count, upTo: limit) { offset in
        Result { try body(own.lowerBound + offset) }
      }
    }
    var failure: (any Error)?
    var values: [Value] = []
    for outcome in outcomes {
      switch outcome {
      case .success(let value): values.append(value)
      case .failure(let error): failure = failure ?? error
      }
    }
    let all = gather(GroupPair((failure.map { "\($0)" }, failure == nil ? values : [])).message)
    var joined: [Value] = []
    for (member, message) in all.enumerated() {
      guard let found = GroupPair<String?, [Value]>(message: message) else {
        throw WorkGroupError.failed(rank: member, message: "its message cannot be read")
      }
      if let problem = found.first {
        if member == rank, let failure { throw failure }
        throw WorkGroupError.failed(rank: member, message: problem)
      }
      joined += found.second
    }
    return joined
  }

  /// `map` for pairs of results.
  package func map<First: GroupMessage, Second: GroupMessage>(
    _ total: Int, upTo limit: Int = .max, _ body: @Sendable (Int) throws -> (First, Second)
  ) throws -> [(First, Second)] {
    if isAlone { return try Parallel.map(total, upTo: limit, body) }
    return try map(total, upTo: limit) { GroupPair(try body($0)) }.map { ($0.first, $0.second) }
  }
}
