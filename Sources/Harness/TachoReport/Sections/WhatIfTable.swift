// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import TachoRecord

/// What a step would gain if its parts were as fast as they can be, the largest gain first.
struct WhatIfTable {
  let whatIf: WhatIf

  func render() -> HTML {
    let ranked = whatIf.ranked
    return HTML("details", ["open": "open", "class": "what-if"]) {
      HTML("summary") { summary }
      if !ranked.isEmpty { table(ranked) }
      for unknown in whatIf.unknown {
        HTML("p", ["class": "quiet"]) {
          "No prediction for \(unknown.names.joined(separator: ", ")): \(unknown.reason)."
        }
      }
    }
  }

  private var summary: String {
    let saved = whatIf.savedTogether
    guard !whatIf.ranked.isEmpty else {
      return "What if: nothing that is known here would gain a thousandth of the step"
    }
    let together =
      whatIf.speedup(saved).map { String(format: ", %.2f times as fast", $0) } ?? ""
    return "What if: with every part below at its best a step would be "
      + "\(Figure.percent(whatIf.share(saved) ?? 0)) shorter\(together)"
  }

  private func table(_ ranked: [WhatIf.Prediction]) -> HTML {
    HTML(
      "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": "What if"]
    ) {
      HTML("table", ["class": "points"]) {
        HTML("thead") {
          HTML("tr") {
            for name in ["part", "at its best", "takes now", "would take", "step shorter by"] {
              HTML("th", ["scope": "col", "class": Self.textColumns.contains(name) ? nil : "num"]) {
                name
              }
            }
          }
        }
        HTML("tbody") {
          for prediction in ranked { row(prediction) }
        }
      }
    }
  }

  private static func words(_ part: StepWaterfall.Part, best: Double) -> String {
    switch part.kind {
    case .work: "at its roofline"
    case .wait where best > 0: "work spread evenly"
    default: "gone"
    }
  }

  private static let textColumns = ["part", "at its best"]

  private func row(_ prediction: WhatIf.Prediction) -> HTML {
    let part = prediction.part
    let saved = prediction.saved ?? 0
    let best = part.mean - saved
    return HTML("tr") {
      HTML("td", ["class": "short"]) { part.name }
      HTML("td") { Self.words(part, best: best) }
      HTML("td", ["class": "num", "data-value": "\(part.mean)"]) { part.time(part.mean) }
      HTML("td", ["class": "num", "data-value": "\(best)"]) { best > 0 ? part.time(best) : "0" }
      HTML("td", ["class": "num", "data-value": "\(saved)"]) {
        Figure.percent(whatIf.share(saved) ?? 0)
      }
    }
  }
}
