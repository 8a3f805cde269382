import Foundation

extension PictureFormat {
  /// That the profile is for other colours than the channels, such as "for CMYK and not for RGB"; nil where it is for
  /// these, and without one.
  ///
  /// Inks become RGB when they are read, and grey becomes RGB in a file that holds no grey. What a profile says of the
  /// former is wrong of the latter.
  var foreignProfile: String? {
    guard let profile else { return nil }
    let (found, own) = (Self.colors(of: profile), channels <= 2 ? "grey" : "RGB")
    return found == own ? nil : "for \(found) and not for \(own)"
  }

  /// The colours that an ICC profile is for (ICC.1:2022, section 7.2.8).
  private static func colors(of profile: Data) -> String {
    switch String(decoding: profile.dropFirst(16).prefix(4), as: UTF8.self) {
    case "GRAY": "grey"
    case "RGB ": "RGB"
    case "CMYK": "CMYK"
    case "Lab ": "L*a*b*"
    default: "other colours"
    }
  }
}
