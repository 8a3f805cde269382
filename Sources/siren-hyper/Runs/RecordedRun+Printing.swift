import CommandSupport
import DatasetCatalog
import Foundation
import PriorPipelines

extension RecordedRun {
  /// The kind of the prior, or the command of a run that is no training.
  var kindText: String { record.command == "train" ? kind ?? "?" : record.command }

  var picturesText: String { pictures.map { "\($0)" } ?? "-" }

  var stepsText: String { steps.map { "\($0)" } ?? "-" }

  var timeText: String { seconds.map(formatDuration) ?? "-" }

  var validationText: String { validation?.text ?? "-" }

  /// The path of the model, and what is wrong with the file.
  var modelText: String {
    guard let path = modelPath else { return "-" }
    return switch modelState {
    case .present, nil: path
    case .gone: path + " (gone)"
    case .unknown: path + " (not in this folder)"
    case .unwritten: path + " (not written)"
    }
  }

  /// Everything about the run except its validations.
  var json: [String: JSONValue] {
    [
      "id": .integer(Int(id)), "command": .string(record.command),
      "arguments": .array(record.arguments.map { .string($0) }),
      "started": .string(record.started.formatted(.iso8601)),
      "finished": .string(record.finished?.formatted(.iso8601)), "state": .string(state.word),
      "failure": .string(record.failure), "prior": .string(kind), "pictures": .integer(pictures),
      "steps": .integer(steps), "seconds": .number(seconds),
      "validation": validation.map(Self.json) ?? .null, "model": .string(modelPath),
      "model_exists": modelState.map { .boolean($0 == .present) } ?? .null,
      "continues": .integer(record.continues.map { Int($0) }),
      "settings": .object(settings.mapValues(\.json)),
    ]
  }

  static func json(_ measured: Measured) -> JSONValue {
    [
      "measure": .string(measured.measure.rawValue), "value": .number(measured.value),
      "step": .integer(measured.step),
    ]
  }

  /// One validation as JSON.
  static func json(_ validation: RunValidation) -> JSONValue {
    [
      "step": .integer(validation.step), "seconds": .number(validation.seconds),
      "loss": .number(validation.loss), "learning_rate": .number(validation.learningRate),
      "measure": .string(validation.measure), "value": .number(validation.value),
      "parts": .array(
        validation.parts.map { ["observed": .string($0.observed), "value": .number($0.value)] }),
    ]
  }
}

extension RunSetting {
  /// The setting as JSON.
  var json: JSONValue {
    switch self {
    case .flag(let flag): .boolean(flag)
    case .number(let number): .number(number)
    case .text(let text): .string(text)
    }
  }
}
