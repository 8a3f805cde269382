import CKernels

/// The differences between neighbouring points, and the values, that one of many small networks learns from.
///
/// The points form windows, rectangles of samples whose differences are compared together.
public struct CellDifferences: Sendable {
  /// The kinds of differences.
  public enum Kind: Sendable, Equatable, CaseIterable {
    /// The Sobel responses along the rows' axis and along the columns' axis; one eighth of them is compared.
    case sobel
    /// The differences to the next sample along the rows' axis and along the columns' axis.
    case neighbours
    /// The five-point Laplacian; one quarter of it is compared.
    case laplacian

    var kernel: ck_difference_kind {
      switch self {
      case .sobel: CK_SOBEL
      case .neighbours: CK_NEIGHBOURS
      case .laplacian: CK_FIVE_POINTS
      }
    }
  }

  /// A rectangle of samples.
  public struct Window: Sendable, Equatable {
    /// Rows of samples.
    public var rows: Int
    /// Columns of samples.
    public var columns: Int
    /// The rows at which differences are compared; beyond the window its outermost values are repeated.
    public var innerRows: Range<Int>
    /// The columns at which differences are compared.
    public var innerColumns: Range<Int>

    /// A window from its parts.
    public init(rows: Int, columns: Int, innerRows: Range<Int>, innerColumns: Range<Int>) {
      precondition(
        !innerRows.isEmpty && !innerColumns.isEmpty && innerRows.lowerBound >= 0
          && innerRows.upperBound <= rows && innerColumns.lowerBound >= 0
          && innerColumns.upperBound <= columns,
        "\(innerRows) and \(innerColumns) do not lie in \(rows)x\(columns) samples")
      self.rows = rows
      self.columns = columns
      self.innerRows = innerRows
      self.innerColumns = innerColumns
    }
  }

  /// Coordinates of the windows' samples, one window after another, each row by row: `[points, d]`.
  public var coordinates: [Float]
  /// Differences along the rows' axis, or the Laplacian, `[points, c]`.
  public var down: [Float]
  /// Differences along the columns' axis, `[points, c]`; empty for the Laplacian.
  public var right: [Float]
  /// The values, `[points, c]`.
  public var values: [Float]
  /// The weight of the values beside the differences.
  public var valueWeight: Float
  /// The windows.
  public var windows: [Window]
  /// The kind of differences.
  public var kind: Kind

  /// Differences from their parts.
  public init(
    _ kind: Kind, coordinates: [Float], down: [Float], right: [Float], values: [Float],
    valueWeight: Float, windows: [Window]
  ) {
    self.kind = kind
    self.coordinates = coordinates
    self.down = down
    self.right = right
    self.values = values
    self.valueWeight = valueWeight
    self.windows = windows
  }

  /// Number of points of all windows.
  public var points: Int { windows.reduce(0) { $0 + $1.rows * $1.columns } }
}

extension FusedField {
  /// Updates one of many networks on the differences of its own windows; see
  /// ``descend(_:_:_:at:on:firstUpdate:updates:in:)``.
  ///
  /// An update uses one window. The loss is the mean squared error of the differences, as far as they are compared, plus
  /// the weighted one of the values.
  public func descend(
    _ parameters: UnsafeMutablePointer<Float>, _ firstMoments: UnsafeMutablePointer<Float>,
    _ secondMoments: UnsafeMutablePointer<Float>, at cell: Int, on samples: CellDifferences,
    firstUpdate: Int, updates: AdamSchedule
  ) -> Double {
    let points = samples.points
    let valueCount = points * outputs
    precondition(
      !samples.windows.isEmpty && samples.coordinates.count == points * coordinates
        && samples.down.count == valueCount && samples.values.count == valueCount
        && samples.right.count == (samples.kind == .laplacian ? 0 : valueCount) && !endsInSine,
      "\(points) points do not fit \(samples.coordinates.count) coordinates and "
        + "\(samples.down.count) differences")
    var start = 0
    let windows = samples.windows.map { window -> ck_cell_window in
      defer { start += window.rows * window.columns }
      return ck_cell_window(
        start: Int32(start), rows: Int32(window.rows), columns: Int32(window.columns),
        top: Int32(window.innerRows.lowerBound), bottom: Int32(window.innerRows.upperBound),
        left: Int32(window.innerColumns.lowerBound), right: Int32(window.innerColumns.upperBound))
    }
    let first = cell * parameterCount
    return samples.coordinates.withUnsafeBufferPointer { x in
      samples.down.withUnsafeBufferPointer { down in
        samples.right.withUnsafeBufferPointer { right in
          samples.values.withUnsafeBufferPointer { values in
            windows.withUnsafeBufferPointer { windows in
              var description = ck_cell_differences(
                coordinates: x.baseAddress, down: down.baseAddress, right: right.baseAddress,
                values: values.baseAddress, value_weight: samples.valueWeight,
                kind: samples.kind.kernel, windows: windows.baseAddress,
                window_count: Int32(windows.count), dimensions: Int32(coordinates),
                outputs: Int32(outputs))
              let workspace = TensorBuffer(
                count: ck_cell_differences_workspace_count(handle, &description))
              return ck_cell_descend_differences(
                handle, parameters + first, firstMoments + first, secondMoments + first,
                &description, Int64(firstUpdate), updates.settings, Int32(updates.count),
                workspace.pointer)
            }
          }
        }
      }
    }
  }
}
