// SPDX-License-Identifier: Apache-2.0
import Logging

/// Where the program's log goes: standard error, warnings only unless more is asked for.
enum Diagnostics {
  static func start(verbose: Bool) {
    LoggingSystem.bootstrap { label in
      var handler = StreamLogHandler.standardError(label: label)
      handler.logLevel = verbose ? .debug : .warning
      return handler
    }
  }
}
