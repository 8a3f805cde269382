/// The validation of a training at one step, as a catalog records it.
public struct RunValidation: Sendable, Equatable {
  /// The value for one number or share of observed pixels.
  public struct Part: Sendable, Equatable, Codable {
    /// What was observed, such as `10 points` or `5%`.
    public var observed: String
    /// The value.
    public var value: Double

    /// A part.
    public init(observed: String, value: Double) {
      self.observed = observed
      self.value = value
    }
  }

  /// Updates made, at least 0.
  public var step: Int
  /// Seconds of training, over all parts of a resumed run.
  public var seconds: Double
  /// Running mean of the loss; nil if it is not known.
  public var loss: Double?
  /// The learning rate of the last update; nil if it is not known.
  public var learningRate: Double?
  /// What the value measures, such as `mse`.
  public var measure: String
  /// The value, averaged over its parts.
  public var value: Double
  /// The value for each number or share of observed pixels.
  public var parts: [Part]

  /// A value from its parts.
  public init(
    step: Int, seconds: Double, loss: Double? = nil, learningRate: Double? = nil, measure: String,
    value: Double, parts: [Part] = []
  ) {
    self.step = step
    self.seconds = seconds
    self.loss = loss
    self.learningRate = learningRate
    self.measure = measure
    self.value = value
    self.parts = parts
  }

  /// Whether a catalog takes it: every number is finite, and step and time are not negative.
  var isValid: Bool {
    let numbers = [seconds, loss ?? 0, learningRate ?? 0, value] + parts.map(\.value)
    return step >= 0 && seconds >= 0 && numbers.allSatisfy(\.isFinite)
  }
}
