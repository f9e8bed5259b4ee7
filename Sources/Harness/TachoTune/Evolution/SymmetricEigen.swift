// SPDX-License-Identifier: Apache-2.0

/// Eigenvalues and eigenvectors of a small symmetric matrix by Jacobi's rotations.
struct SymmetricEigen {
  private(set) var values: [Double]
  /// Column k (entries [i * n + k]) belongs to value k.
  private(set) var vectors: [Double]

  /// `matrix` is size * size, row-major.
  init(_ matrix: [Double], size n: Int) {
    var a = matrix
    var v = [Double](repeating: 0, count: n * n)
    for i in 0..<n { v[i * n + i] = 1 }
    for _ in 0..<60 {
      var off = 0.0
      var diagonal = 0.0
      for i in 0..<n {
        diagonal += a[i * n + i] * a[i * n + i]
        for j in 0..<i { off += a[i * n + j] * a[i * n + j] }
      }
      if off <= 1e-28 * diagonal { break }
      for p in 0..<n {
        for q in (p + 1)..<max(n, p + 1) { Self.rotate(&a, &v, n, p, q) }
      }
    }
    values = (0..<n).map { a[$0 * n + $0] }
    vectors = v
  }

  private static func rotate(_ a: inout [Double], _ v: inout [Double], _ n: Int, _ p: Int, _ q: Int)
  {
    let apq = a[p * n + q]
    if apq == 0 { return }
    let theta = (a[q * n + q] - a[p * n + p]) / (2 * apq)
    let t = (theta >= 0 ? 1.0 : -1.0) / (abs(theta) + (theta * theta + 1).squareRoot())
    let c = 1 / (t * t + 1).squareRoot()
    let s = t * c
    for k in 0..<n {
      let (x, y) = (a[k * n + p], a[k * n + q])
      a[k * n + p] = c * x - s * y
      a[k * n + q] = s * x + c * y
    }
    for k in 0..<n {
      let (x, y) = (a[p * n + k], a[q * n + k])
      a[p * n + k] = c * x - s * y
      a[q * n + k] = s * x + c * y
    }
    for k in 0..<n {
      let (x, y) = (v[k * n + p], v[k * n + q])
      v[k * n + p] = c * x - s * y
      v[k * n + q] = s * x + c * y
    }
  }
}
