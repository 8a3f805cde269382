import Foundation

/// One fit as one self-contained HTML page: pictures, sounds, a curve and the numbers.
public struct FitPage: Sendable {
  /// A picture or a sound with its caption.
  public struct Medium: Sendable {
    /// The caption.
    public var caption: String
    /// `image/png` or `audio/wav`.
    public var type: String
    /// The file's bytes, embedded.
    public var data: Data

    /// A medium.
    public init(caption: String, type: String, data: Data) {
      self.caption = caption
      self.type = type
      self.data = data
    }
  }

  /// The heading.
  public var title: String
  /// Names and values, in order.
  public var facts: [(name: String, value: String)]
  /// In order.
  public var media: [Medium]
  /// Seconds and decibels, in rising time.
  public var curve: [(seconds: Double, decibels: Double)]
  /// The meaning of the decibels, such as `PSNR`.
  public var measure: String
  /// A live page of the field, which the report shows in a frame; nil for none.
  public var live: String?

  /// A page from its parts.
  public init(
    title: String, facts: [(name: String, value: String)], media: [Medium],
    curve: [(seconds: Double, decibels: Double)], measure: String, live: String? = nil
  ) {
    self.title = title
    self.facts = facts
    self.media = media
    self.curve = curve
    self.measure = measure
    self.live = live
  }

  /// The text of the page, which needs no other file and no network.
  public var html: String {
    let figures = media.map { medium in
      let source = "data:\(medium.type);base64,\(medium.data.base64EncodedString())"
      let caption = Self.escaped(medium.caption)
      let element =
        medium.type.hasPrefix("audio/")
        ? "<audio controls src=\"\(source)\"></audio>"
        : "<img src=\"\(source)\" alt=\"\(caption)\">"
      return "<figure>\(element)<figcaption>\(caption)</figcaption></figure>"
    }
    let rows = facts.map {
      "<tr><th>\(Self.escaped($0.name))</th><td>\(Self.escaped($0.value))</td></tr>"
    }
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(Self.escaped(title))</title>
      <style>
      body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 2rem 1rem;
        max-width: 72rem; color: #222; background: #fafaf8; }
      h1 { font-weight: 600; overflow-wrap: anywhere; }
      .media { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr));
        gap: 1rem; }
      figure { margin: 0; } img { width: 100%; image-rendering: pixelated; } audio { width: 100%; }
      figcaption { color: #666; font-size: .85rem; }
      table { border-collapse: collapse; margin: 2rem 0; }
      th { text-align: left; font-weight: 500; padding: .2rem 2rem .2rem 0; color: #666; }
      \(LiveFrame.style)
      svg { width: 100%; height: auto; max-width: 48rem; }
      </style></head><body>
      <h1>\(Self.escaped(title))</h1>
      \(live.map { LiveFrame.element($0, title: "The field, drawn live") } ?? "")
      <div class="media">\(figures.joined(separator: "\n"))</div>
      <table>\(rows.joined(separator: "\n"))</table>
      \(curvePicture)
      </body></html>

      """
  }

  /// The quality over time; empty below two points.
  private var curvePicture: String {
    let points = curve.filter { $0.decibels.isFinite && $0.seconds.isFinite }
    guard let first = points.first, let last = points.last, last.seconds > first.seconds,
      let low = points.map(\.decibels).min(), let high = points.map(\.decibels).max()
    else { return "" }
    let height = max(high - low, 1e-6)
    let path = points.map { point in
      let x = 60 + 720 * (point.seconds - first.seconds) / (last.seconds - first.seconds)
      let y = 260 - 230 * (point.decibels - low) / height
      return String(format: "%.1f,%.1f", x, y)
    }
    let text = { (x: Int, y: Int, anchor: String, text: String) in
      "<text x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor)\" font-size=\"14\" fill=\"#666\">"
        + Self.escaped(text) + "</text>"
    }
    return """
      <svg viewBox="0 0 800 300" role="img" aria-label="\(Self.escaped(measure)) over time">
      <path d="M60 20V260H790" fill="none" stroke="#bbb"/>
      <polyline points="\(path.joined(separator: " "))" fill="none" stroke="#2a6fb0"
        stroke-width="2"/>
      \(text(54, 34, "end", String(format: "%.1f", high)))
      \(text(54, 262, "end", String(format: "%.1f", low)))
      \(text(66, 18, "start", measure + ", dB"))
      \(text(790, 282, "end", String(format: "%.1f s", last.seconds)))
      </svg>
      """
  }

  /// A text with the characters escaped that have a meaning in HTML.
  static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;")
      .replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;")
      .replacingOccurrences(of: "\"", with: "&quot;")
  }
}
