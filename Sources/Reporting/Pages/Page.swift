import Foundation
import Signals

/// A self-contained page: text, figures, pictures, tables and sounds in one HTML file.
///
/// All texts are plain. Characters with a meaning in HTML are escaped when the page is written.
public struct Page: Sendable, Equatable {
  /// The title.
  public var title: String
  /// A summary of the page in one or two sentences.
  public var lead: String
  /// Short facts under the title, such as the machine and the date.
  public var facts: [Fact]
  /// The parts.
  public var sections: [Section]

  /// A page.
  public init(title: String, lead: String, facts: [Fact] = [], sections: [Section] = []) {
    self.title = title
    self.lead = lead
    self.facts = facts
    self.sections = sections
  }

  /// A name with a value.
  public struct Fact: Sendable, Equatable {
    /// The name.
    public var name: String
    /// The value.
    public var value: String

    /// A fact.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// A part of the page.
  public struct Section: Sendable, Equatable {
    /// Its title.
    public var title: String
    /// A description of the experiment and its result.
    public var lead: String
    /// How it was done.
    public var settings: [Fact]
    /// The contents in order.
    public var blocks: [Block]

    /// A part.
    public init(title: String, lead: String, settings: [Fact] = [], blocks: [Block] = []) {
      self.title = title
      self.lead = lead
      self.settings = settings
      self.blocks = blocks
    }
  }

  /// One thing in a part.
  public enum Block: Sendable, Equatable {
    /// A paragraph.
    case text(String)
    /// A drawing over the whole width; on narrow screens it scrolls.
    case figure(Drawing, caption: String)
    /// Pictures side by side if there is space.
    case gallery([Picture], caption: String)
    /// Rows of cells.
    case table(Table)
    /// Sounds to play.
    case sounds([Sound])
    /// The text of a whole page, shown in a frame: a field that the browser evaluates.
    case live(String, caption: String)
  }

  /// A picture of a gallery.
  public struct Picture: Sendable, Equatable {
    /// 1 to 4 channels.
    public var image: Image
    /// Written below, first.
    public var title: String
    /// Written below, second: a measure, a range.
    public var note: String

    /// A picture.
    public init(_ image: Image, title: String, note: String = "") {
      self.image = image
      self.title = title
      self.note = note
    }
  }

  /// A table; columns are right-aligned for numbers unless they are declared as text.
  public struct Table: Sendable, Equatable {
    /// The titles of the columns.
    public var columns: [String]
    /// The rows, each with one cell per column.
    public var rows: [[String]]
    /// A description of the table.
    public var caption: String
    /// The columns that hold texts, which begin at the left.
    public var textColumns: Set<Int>

    /// A table; by default the first column is text.
    public init(
      columns: [String], rows: [[String]], caption: String = "", textColumns: Set<Int> = [0]
    ) {
      precondition(
        rows.allSatisfy { $0.count == columns.count }, "rows unlike the \(columns.count) columns")
      self.columns = columns
      self.rows = rows
      self.caption = caption
      self.textColumns = textColumns
    }
  }

  /// A sound.
  public struct Sound: Sendable, Equatable {
    /// The title.
    public var title: String
    /// A measure of the sound; empty for none.
    public var note: String
    /// A whole WAV file.
    public var wave: Data

    /// A sound from the bytes of a WAV file.
    public init(title: String, note: String, wave: Data) {
      self.title = title
      self.note = note
      self.wave = wave
    }
  }
}
