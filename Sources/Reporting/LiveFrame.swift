import Foundation

/// A whole page in a frame of another one, such as a field that the browser evaluates.
///
/// The frame holds the page's text itself, so the page around it needs no other file.
enum LiveFrame {
  /// The style of the frame, for the page around it.
  static let style = """
    iframe.live{display:block;width:100%;height:min(80vh,720px);border:0;border-radius:10px;margin:24px 0;
      box-shadow:0 0 0 1px #8884}
    """

  /// The frame's markup.
  ///
  /// - Parameters:
  ///   - page: the text of a whole page.
  ///   - title: names the frame for those who do not see it.
  static func element(_ page: String, title: String) -> String {
    "<iframe class=\"live\" title=\"\(escaped(title))\" loading=\"lazy\" srcdoc=\"\(escaped(page))\">"
      + "</iframe>"
  }

  private static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "\"", with: "&quot;")
  }
}
