/// The colours of figures and pages: one palette with a light and a dark variant of each.
public enum Ink: Sendable, Hashable, CaseIterable {
  /// The background.
  case paper
  /// Titles and text.
  case text
  /// Labels and captions.
  case quiet
  /// Lines of a grid, frames.
  case faint
  /// The first series: ours, the network.
  case blue
  /// The second series.
  case orange
  /// The third series.
  case green
  /// The fourth series.
  case purple
  /// The fifth series.
  case ochre
  /// The reference of a comparison, such as theory or the truth.
  case reference

  /// The series in the order of their use; people with colour blindness can distinguish them.
  public static let series: [Ink] = [.blue, .orange, .green, .purple, .ochre]

  /// Name of the custom property that holds the colour in a page.
  public var name: String { "--\(self)" }

  /// On light paper, as `0xRRGGBB`.
  public var light: Int {
    switch self {
    case .paper: 0xffffff
    case .text: 0x1d2430
    case .quiet: 0x5d6778
    case .faint: 0xdfe3ea
    case .blue: 0x2463b4
    case .orange: 0xc9581c
    case .green: 0x1f7f5c
    case .purple: 0x7d4fb0
    case .ochre: 0xa27a12
    case .reference: 0x1d2430
    }
  }

  /// On dark paper, as `0xRRGGBB`.
  public var dark: Int {
    switch self {
    case .paper: 0x171b22
    case .text: 0xe8ebf0
    case .quiet: 0x9aa5b5
    case .faint: 0x323945
    case .blue: 0x78a9f0
    case .orange: 0xf0935c
    case .green: 0x5cc79b
    case .purple: 0xbd98ea
    case .ochre: 0xd9b44c
    case .reference: 0xe8ebf0
    }
  }

  /// A colour as CSS has it, `#2463b4`.
  public static func hexadecimal(_ colour: Int) -> String {
    let digits = String(colour, radix: 16)
    return "#" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }
}
