import Foundation

/// Files inside a page, as addresses that hold their content.
public enum DataURI {
  /// A PNG.
  public static func png(_ data: Data) -> String { uri("image/png", data) }
  /// A WAV.
  public static func wave(_ data: Data) -> String { uri("audio/wav", data) }

  private static func uri(_ type: String, _ data: Data) -> String {
    "data:\(type);base64,\(data.base64EncodedString())"
  }
}
