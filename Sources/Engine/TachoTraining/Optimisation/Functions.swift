// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The cosine of radians.
func cosine(_ angle: Double) -> Double { cos(angle) }

/// Two to the power of `exponent`.
func powerOfTwo(_ exponent: Double) -> Double { exp2(exponent) }

/// `base` to the power of `exponent`.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
