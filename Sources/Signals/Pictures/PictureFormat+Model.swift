extension PictureFormat {
  /// The metadata of a model by which its pictures are rendered in this format.
  ///
  /// - Parameter channels: the channels of the model's pictures, without alpha unless the format has it.
  package func metadata(channels: Int) -> [String: String] {
    var format = self
    format.channels = channels
    if !format.hasAlpha { format.isPremultiplied = false }
    return format.json.map { [Self.metadataName: $0] } ?? [:]
  }
}
