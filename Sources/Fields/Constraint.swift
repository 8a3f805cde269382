import DifferentiableCore

/// A field and its derivatives at n points, as a constraint sees them.
public struct FieldAtPoints: Sendable {
  /// The points' coordinates, `[n, d]`.
  public let x: Tensor
  /// The field, `[n, c]`.
  public let value: Tensor
  /// The field's derivative along every coordinate, `[n, c, d]`; empty unless requested.
  public let gradient: Tensor
  /// The sum of the field's second derivatives, `[n, c]`; empty unless requested.
  public let laplacian: Tensor
  /// The index of each point within its domain, used to look up measured values.
  public let points: [Int]
}

/// One condition `C_m(a(x), F(x), grad F(x), ...) = 0` on a field F over a domain.
///
/// This is equation 1 of arXiv 2006.09661. Its loss is `weight` times the mean over the domain of the squared length
/// of the residual `C_m`.
public struct Constraint: Sendable {
  /// The name shown in reports.
  public let name: String
  /// The domain on which the condition holds.
  public let domain: Domain
  /// The factor on the constraint's loss.
  public let weight: Double
  let residual: Residual

  enum Residual: Sendable {
    /// A function of the field's value, gradient and Laplacian, evaluated by the fused kernels.
    case ofField(FieldDerivatives, @Sendable (FieldAtPoints) -> Tensor)
    /// A function that receives the field as a function; it may use any derivative of any order.
    case composed(@Sendable (Tensor, (Tensor) -> Tensor) -> Tensor)
  }

  private init(_ name: String, _ domain: Domain, _ weight: Double, _ residual: Residual) {
    self.name = name
    self.domain = domain
    self.weight = weight
    self.residual = residual
  }

  /// `F(x) = target`.
  ///
  /// - Parameter target: `[n, c]`, one row for each point of the domain.
  public static func value(
    equals target: [Float], on domain: Domain, weight: Double = 1
  ) -> Constraint {
    matching("value", .none, target, domain, weight) { $0.value }
  }

  /// `grad F(x) = target`.
  ///
  /// - Parameter target: `[n, c, d]`, per coordinate unit.
  public static func gradient(
    equals target: [Float], on domain: Domain, weight: Double = 1
  ) -> Constraint {
    matching("gradient", .gradient, target, domain, weight) { $0.gradient }
  }

  /// `laplacian F(x) = target`.
  ///
  /// - Parameter target: `[n, c]`, per coordinate unit squared.
  public static func laplacian(
    equals target: [Float], on domain: Domain, weight: Double = 1
  ) -> Constraint {
    matching("laplacian", .laplacian, target, domain, weight) { $0.laplacian }
  }

  /// A condition on x, the value, the gradient and the Laplacian.
  ///
  /// The residual may be any differentiable function, such as the eikonal equation's `|grad F| - 1` or Helmholtz's
  /// `laplacian F + k^2 F`.
  ///
  /// - Parameters:
  ///   - derivatives: the derivatives that the residual needs besides the value.
  ///   - residual: returns `[n, k]` or more axes, zero where the constraint holds; called on any thread.
  public static func relation(
    _ name: String, on domain: Domain, derivatives: FieldDerivatives, weight: Double = 1,
    residual: @escaping @Sendable (FieldAtPoints) -> Tensor
  ) -> Constraint {
    Constraint(name, domain, weight, .ofField(derivatives, residual))
  }

  /// A condition that receives the field as a function.
  ///
  /// Derivatives are composed with `gradient(of:at:channel:differentiable:)` and related functions: single second
  /// derivatives, the divergence of a flux, orders beyond two. This uses the plain path, which is several times
  /// slower than ``relation(_:on:derivatives:weight:residual:)``.
  ///
  /// - Parameter residual: receives the tracked `x`, `[n, d]`, and the field; returns `[n, k]`.
  public static func composed(
    _ name: String, on domain: Domain, weight: Double = 1,
    residual: @escaping @Sendable (_ x: Tensor, _ field: (Tensor) -> Tensor) -> Tensor
  ) -> Constraint {
    Constraint(name, domain, weight, .composed(residual))
  }

  private static func matching(
    _ name: String, _ derivatives: FieldDerivatives, _ target: [Float], _ domain: Domain,
    _ weight: Double, _ quantity: @escaping @Sendable (FieldAtPoints) -> Tensor
  ) -> Constraint {
    precondition(
      target.count % max(1, domain.pointCount) == 0,
      "\(target.count) target values for \(domain.pointCount) points")
    let width = target.count / max(1, domain.pointCount)
    return relation(name, on: domain, derivatives: derivatives, weight: weight) { field in
      let found = quantity(field)
      let wanted = field.points.flatMap { target[$0 * width..<($0 + 1) * width] }
      return found - Tensor(wanted, shape: found.shape)
    }
  }
}
