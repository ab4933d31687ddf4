"""Exponential, logarithm, power, normal distribution, cosine and sine of the rules' own: the same bits everywhere.

Additions and multiplications in a fixed order, which no two platforms round differently; a platform's own library may.
A loop over them is vectorised. Arguments are reduced, and polynomials taken, as in FreeBSD's msun (Sun Microsystems
1993), but for the exponential: a Taylor series in a tree. Errors below are the largest against mpmath over a million
arguments, in units in the last place (ulp) where nothing else is said.
"""

import math
from typing import Any

import numpy as np

from agents.foundation.compiled import inlined

_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_LOG2_E = 1.4426950408889634074
_TO_NEAREST = 1.5 * 2.0**52
"""A sum with it has the nearest integer in its lowest bits."""
_TWO52 = 2.0**52
_ONE = np.int64(0x3FF0000000000000)
_ROOT_HALF = np.int64(0x3FE6A09E667F3BCD)
_MANTISSA, _EXPONENT, _WIDTH = np.int64(0x000FFFFFFFFFFFFF), np.int64(0x7FF), np.int64(52)
_TWO52_BITS = np.int64(0x4330000000000000)
_LOWEST, _SECOND, _TO_SIGN = np.int64(1), np.int64(2), np.int64(62)


@inlined
def bits(x: float) -> Any:
    """The 64 bits of a float, as an integer."""
    return np.float64(x).view(np.int64)


@inlined
def real_of(word: Any) -> Any:
    """The float with these 64 bits."""
    return float(np.int64(word).view(np.float64))


@inlined
def exp(x: float) -> float:
    """E to the power x, within 1 ulp; 0 below −708 and infinity above 709."""
    if x < -708.0:
        return 0.0
    if x > 709.0:
        return math.inf
    shifted = x * _LOG2_E + _TO_NEAREST
    halvings = shifted - _TO_NEAREST
    r = (x - halvings * _LN2_HIGH) - halvings * _LN2_LOW
    q = r * r
    # |r| ≤ ln 2 / 2: terms up to the 13th power
    low = (0.5 + r * (1.0 / 6.0)) + q * (1.0 / 24.0 + r * (1.0 / 120.0))
    middle = (1.0 / 720.0 + r * (1.0 / 5040.0)) + q * (1.0 / 40320.0 + r * (1.0 / 362880.0))
    high = (1.0 / 3628800.0 + r * (1.0 / 39916800.0)) + q * (1.0 / 479001600.0 + r * (1.0 / 6227020800.0))
    y = 1.0 + (r + q * (low + (q * q) * (middle + (q * q) * high)))
    return real_of(bits(y) + (bits(shifted) << _WIDTH))


@inlined
def log(x: float) -> float:
    """Natural logarithm of a finite number of at least 2.3e-308, within 1 ulp."""
    shifted = bits(x) - (_ROOT_HALF - _ONE)  # mantissa from √½ to √2
    exponent = real_of(_TWO52_BITS | ((shifted >> _WIDTH) & _EXPONENT)) - (_TWO52 + 1023.0)
    f = real_of((shifted & _MANTISSA) + _ROOT_HALF) - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    odd = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    even = w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
    series = odd + z * (6.666666666666735130e-01 + even)
    half = 0.5 * f * f
    return exponent * _LN2_HIGH - ((half - (s * (half + series) + exponent * _LN2_LOW)) - f)


@inlined
def real_power(x: float, exponent: float) -> float:
    """A number from 0 to 1 to a positive power: itself to the power 1; 0 where it is below 1e-300."""
    if exponent == 1.0:
        return x
    return exp(exponent * log(x)) if x > 1e-300 else 0.0


@inlined
def normal_law(x: float) -> tuple[float, float]:
    """Density and distribution function of the standard normal, each within 1e-15, in absolute terms.

    The latter is a rational function times e^(−x²/2), and far out a continued fraction (Hart 1968; West 2005).
    """
    far = abs(x)
    bell = exp(-0.5 * far * far)
    if far < 7.07106781186547:
        above = 33.912866078383 + far * (6.37396220353165 + far * (0.700383064443688 + far * 3.52624965998911e-02))
        above = 220.206867912376 + far * (221.213596169931 + far * (112.079291497871 + far * above))
        below = 16.064177579207 + far * (1.75566716318264 + far * 8.83883476483184e-02)
        below = 296.564248779674 + far * (86.7807322029461 + far * below)
        below = 440.413735824752 + far * (793.826512519948 + far * (637.333633378831 + far * below))
        tail = bell * above / below
    else:
        fraction = far + 1.0 / (far + 2.0 / (far + 3.0 / (far + 4.0 / (far + 0.65))))
        tail = bell / (fraction * 2.506628274631)
    return 0.3989422804014327 * bell, tail if x <= 0.0 else 1.0 - tail


@inlined
def turn(share: float) -> tuple[float, float]:
    """Cosine and sine of a share of a full turn, of at most 2²⁰ turns, each within 2 ulp."""
    shifted = 4.0 * share + _TO_NEAREST
    quarter = bits(shifted)
    x = (share - 0.25 * (shifted - _TO_NEAREST)) * 6.283185307179586477
    z = x * x
    # |x| ≤ π / 4
    s = -1.98412698298579493134e-04 + z * (2.75573137070700676789e-06 + z * (-2.50507602534068634195e-08))
    s = s + (z * z) * (z * 1.58969099521155010221e-10)
    s = x + x * z * (-1.66666666666666324348e-01 + z * (8.33333333332248946124e-03 + z * s))
    c = -2.75573143513906633035e-07 + z * (2.08757232129817482790e-09 + z * (-1.13596475577881948265e-11))
    c = -1.38888888888741095749e-03 + z * (2.48015872894767294178e-05 + z * c)
    c = z * z * (4.16666666666666019037e-02 + z * c)
    rest = 1.0 - 0.5 * z
    c = rest + ((1.0 - rest) - 0.5 * z + c)
    odd = (quarter & _LOWEST) == _LOWEST
    cosine, sine = (s, c) if odd else (c, s)
    # Cosine is negative in the second and third quarter, sine in the third and fourth.
    flip_cosine = ((quarter + _LOWEST) & _SECOND) << _TO_SIGN
    flip_sine = (quarter & _SECOND) << _TO_SIGN
    return real_of(bits(cosine) ^ flip_cosine), real_of(bits(sine) ^ flip_sine)
