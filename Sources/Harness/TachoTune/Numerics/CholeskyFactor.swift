// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The lower triangle L of a symmetric positive definite matrix A = L L^T, row by row, and what follows
/// from it.
struct CholeskyFactor: Sendable {
  let size: Int
  /// size * size, row-major; above the diagonal not defined.
  private(set) var lower: [Double]

  /// Nil when the matrix (row-major, its lower triangle read) is not positive definite.
  init?(_ matrix: [Double], size: Int) {
    self.size = size
    lower = matrix
    let isDefinite = lower.withUnsafeMutableBufferPointer { buffer in
      Self.factor(buffer.baseAddress.map { UnsafeMutablePointer($0) }, size)
    }
    if !isDefinite { return nil }
  }

  private static func factor(_ base: UnsafeMutablePointer<Double>?, _ n: Int) -> Bool {
    guard let a = base else { return true }
    var i = 0
    while i < n {
      let row = a + i * n
      var j = 0
      while j <= i {
        let sum = row[j] - dot(row, a + j * n, j)
        if i == j {
          guard sum > 0, sum.isFinite else { return false }
          row[j] = sum.squareRoot()
        } else {
          row[j] = sum / a[j * n + j]
        }
        j += 1
      }
      i += 1
    }
    return true
  }

  private static func dot(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int
  ) -> Double {
    // Four sums: one alone waits for each addition.
    var (s0, s1, s2, s3) = (0.0, 0.0, 0.0, 0.0)
    var k = 0
    while k + 4 <= count {
      s0 += a[k] * b[k]
      s1 += a[k + 1] * b[k + 1]
      s2 += a[k + 2] * b[k + 2]
      s3 += a[k + 3] * b[k + 3]
      k += 4
    }
    while k < count {
      s0 += a[k] * b[k]
      k += 1
    }
    return s0 + s1 + (s2 + s3)
  }

  /// ln det A.
  var logDeterminant: Double {
    (0..<size).reduce(0) { $0 + 2 * log(lower[$1 * size + $1]) }
  }

  /// L^-1 b.
  func forward(_ b: [Double]) -> [Double] {
    var x = b
    lower.withUnsafeBufferPointer { lower in
      x.withUnsafeMutableBufferPointer { x in
        guard let l = lower.baseAddress, let x = x.baseAddress else { return }
        var i = 0
        while i < size {
          x[i] = (x[i] - Self.dot(l + i * size, x, i)) / l[i * size + i]
          i += 1
        }
      }
    }
    return x
  }

  /// A^-1 b.
  func solve(_ b: [Double]) -> [Double] {
    var x = forward(b)
    lower.withUnsafeBufferPointer { lower in
      x.withUnsafeMutableBufferPointer { x in
        guard let l = lower.baseAddress, let x = x.baseAddress else { return }
        var i = size - 1
        while i >= 0 {
          // Column by column of L^T is row by row of L.
          x[i] /= l[i * size + i]
          let value = x[i]
          var k = 0
          while k < i {
            x[k] -= l[i * size + k] * value
            k += 1
          }
          i -= 1
        }
      }
    }
    return x
  }

  /// A^-1, row-major.
  func inverse() -> [Double] {
    let n = size
    // Row j of `columns` is column j of L^-1.
    var columns = [Double](repeating: 0, count: n * n)
    var result = [Double](repeating: 0, count: n * n)
    lower.withUnsafeBufferPointer { lower in
      columns.withUnsafeMutableBufferPointer { columns in
        result.withUnsafeMutableBufferPointer { result in
          guard let l = lower.baseAddress, let c = columns.baseAddress, let r = result.baseAddress
          else { return }
          var j = 0
          while j < n {
            let column = c + j * n
            column[j] = 1 / l[j * n + j]
            var i = j + 1
            while i < n {
              column[i] = -Self.dot(l + i * n + j, column + j, i - j) / l[i * n + i]
              i += 1
            }
            j += 1
          }
          // A^-1 = L^-T L^-1: entry (i, j) is the sum over k >= i of column i times column j.
          var i = 0
          while i < n {
            var j = 0
            while j <= i {
              let value = Self.dot(c + i * n + i, c + j * n + i, n - i)
              r[i * n + j] = value
              r[j * n + i] = value
              j += 1
            }
            i += 1
          }
        }
      }
    }
    return result
  }
}
