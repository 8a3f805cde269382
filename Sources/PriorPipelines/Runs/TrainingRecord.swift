/// The result of a training as a catalog keeps it, a JSON object.
struct TrainingRecord: Codable, Sendable, Equatable {
  var model: String?
  var pictures: Int?
  var steps: Int?
  var seconds: Double?
  var components: Int?
  var codes: Int?
  var validationError: Double?
  var validationGain: Double?

  enum CodingKeys: String, CodingKey {
    case model, pictures, steps, seconds, components, codes
    case validationError = "validation_mse"
    case validationGain = "validation_gain_db"
  }
}
