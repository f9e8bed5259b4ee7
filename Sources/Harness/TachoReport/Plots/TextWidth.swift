// SPDX-License-Identifier: Apache-2.0

/// Estimates of how wide text will be drawn, since nothing measures fonts here; a little generous.
package enum TextWidth {
  package static func estimate(_ text: String, size: Double = 12) -> Double {
    text.unicodeScalars.reduce(0) { $0 + width(of: $1) } * size
  }

  /// The text, cut in its middle when it is wider than `limit`: long model names differ at both ends.
  package static func fitted(_ text: String, to limit: Double, size: Double = 12) -> String {
    guard text.unicodeScalars.count > 4, estimate(text, size: size) > limit else { return text }
    let letters = Array(text)
    var keep = min(letters.count - 1, 400)
    while keep > 4 {
      let cut = String(letters.prefix((keep + 1) / 2)) + "…" + String(letters.suffix(keep / 2))
      if estimate(cut, size: size) <= limit { return cut }
      keep -= 1
    }
    return String(letters.prefix(4)) + "…"
  }

  /// In parts of the font's size.
  private static func width(of scalar: Unicode.Scalar) -> Double {
    switch scalar {
    case "i", "l", "j", "I", ".", ",", ":", ";", "|", "'", "!", " ", "\u{202F}": 0.31
    case "f", "t", "r", "(", ")", "[", "]", "/", "-", "–": 0.42
    case "m", "w", "M", "W", "@", "%", "×", "=", "+": 0.88
    case "A"..."Z": 0.70
    default:
      switch DisplayWidth.columns(of: scalar) {
      case 0: 0
      case 1: 0.61
      default: 1.05
      }
    }
  }
}
