// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
package import TachoRecord

/// One self-contained HTML file: no network, no external script, style or font.
///
/// Its policy header allows exactly the report's own style and script, so that nothing that slipped
/// into it by way of a name or a suite's text could run or load anything.
package struct HTMLReport: Sendable {
  package let results: ResultSet
  package let title: String
  package let gates: [GateResult]

  package init(results: ResultSet, title: String, gates: [GateResult] = []) {
    self.results = results
    self.title = title
    self.gates = gates
  }

  package func render() -> String {
    let context = ReportContext(results: results, title: title, gates: gates)
    let sections = Sections.all.compactMap { section in
      section.render(context).map { (section.title, $0) }
    }
    let page = HTML("html", ["lang": "en"]) {
      head
      HTML("body") {
        HTML("a", ["class": "skip", "href": "#main"]) { "Skip to the results" }
        HTML("main", ["id": "main"]) {
          for (index, section) in sections.enumerated() {
            HTML("section", ["id": "section-\(index + 1)"]) {
              if index == 0 {
                HTML("h1") { title }
              } else {
                HTML("h2") { section.0 }
              }
              section.1
            }
            if index == 0 {
              contents(sections.map(\.0), context)
            }
          }
        }
        HTML("div", ["id": "tip", "aria-hidden": "true", "hidden": "hidden"])
        HTML("script") { HTML(literal: ReportScript.text) }
      }
    }
    return "<!DOCTYPE html>\n" + page.markup + "\n"
  }

  private var head: HTML {
    HTML("head") {
      HTML("meta", ["charset": "utf-8"])
      HTML(
        "meta", ["http-equiv": "Content-Security-Policy", "content": Self.policy])
      HTML("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
      HTML("meta", ["name": "color-scheme", "content": "light dark"])
      HTML("title") { title }
      HTML("style") { HTML(literal: Stylesheet.text) }
    }
  }

  private func contents(_ titles: [String], _ context: ReportContext) -> HTML {
    HTML("nav", ["aria-label": "Contents"]) {
      for (index, name) in titles.enumerated() where index > 0 {
        HTML("a", ["href": "#section-\(index + 1)"]) { name }
        if name == BenchmarksSection.title {
          for (number, benchmark) in context.benchmarks.enumerated().prefix(12) {
            HTML("a", ["class": "sub", "href": "#" + context.anchor(of: number)]) {
              benchmark.title
            }
          }
        }
      }
    }
  }

  private static let policy =
    "default-src 'none'; style-src '\(digest(Stylesheet.text))'; "
    + "script-src '\(digest(ReportScript.text))'; base-uri 'none'; form-action 'none'"

  /// `sha256-` and the digest in base 64, as content security policies write it.
  private static func digest(_ text: StaticString) -> String {
    let hex = Array(SHA256.hex(text.description).utf8)
    let bytes = stride(from: 0, to: hex.count - 1, by: 2).map { index in
      UInt8(String(decoding: hex[index...(index + 1)], as: UTF8.self), radix: 16) ?? 0
    }
    return "sha256-" + Data(bytes).base64EncodedString()
  }
}
