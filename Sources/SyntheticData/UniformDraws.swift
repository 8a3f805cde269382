/// Random draws that follow from uniform values.
protocol UniformDraws {
  /// A uniform value from `low` to `high`.
  mutating func uniform(_ low: Float, _ high: Float) -> Float
}

extension UniformDraws {
  /// One of the choices, with probability proportional to its weight.
  mutating func choice<Choice>(_ choices: (Choice, Float)...) -> Choice {
    var rest = uniform(0, choices.reduce(0) { $0 + $1.1 })
    for (choice, weight) in choices {
      rest -= weight
      if rest < 0 { return choice }
    }
    return choices[choices.count - 1].0
  }
}
