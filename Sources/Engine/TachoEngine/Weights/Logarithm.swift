// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The natural logarithm, named so that it does not read like a message to a log.
func logarithm(_ value: Double) -> Double { log(value) }
