import Fields
import Fitting
import LivePages
import Reporting
import Signals

/// A fitted field as a part of the page that the reader's browser draws.
enum LiveField {
  /// The live page of a fitted picture or sound in a frame.
  ///
  /// - Parameters:
  ///   - truth: the picture that was fitted, to compare with; nil for a sound.
  ///   - signal: what was fitted.
  static func block(
    _ field: Siren, _ signal: FittedSignal, title: String, truth: Image? = nil, caption: String
  ) throws -> Page.Block {
    let model = FieldModel(
      field: field, architecture: field.architecture, signal: signal, metadata: [:])
    let page = try FieldPage(
      model, title: title, reference: try truth.map { try FieldPage.Reference($0) }
    ).page()
    return .live(try page.html(), caption: caption)
  }
}
