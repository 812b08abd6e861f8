"""The colours: contrast of WCAG 2.2 AA in both themes, and a five-point scale that everybody can tell apart.

Text needs 4.5:1, marks and the edges of controls 3:1. Under simulated protanopia, deuteranopia and tritanopia
(Machado, Oliveira and Fernandes 2009, severity 1) neighbouring steps of the scale and its ends stay apart (CIEDE2000),
and lightness falls away from the middle on both sides.
"""

from __future__ import annotations

import math
import re
from importlib import resources
from itertools import pairwise

import pytest

CSS = (resources.files("surveys.web") / "static" / "tokens.css").read_text(encoding="utf-8")
COLOUR = re.compile(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})\s*;")
LIGHT_PART, DARK_PART = CSS.split("@media screen and (prefers-color-scheme: dark)")
LIGHT = dict(COLOUR.findall(LIGHT_PART))
THEMES = {"light": LIGHT, "dark": {**LIGHT, **dict(COLOUR.findall(DARK_PART))}}

TEXT = [
    "ink/paper",
    "ink/lana",
    "soft/paper",
    "soft/lana",
    "anil/paper",
    "anil/lana",
    "anil-deep/paper",
    "anil/anil-tint",
    "ink/anil-tint",
    "soft/anil-tint",
    "on-anil/anil",
    "on-anil/anil-deep",
    "on-qolle/qolle",
    "chilca/paper",
    "chilca/chilca-tint",
    "chilca/lana",
    "ocre/paper",
    "ocre/ocre-tint",
    "ink/ocre-tint",
    "ocre/lana",
    "cochinilla/paper",
    "cochinilla/cochinilla-tint",
    "ink/cochinilla-tint",
    "cochinilla/lana",
    "target/paper",
    "paper/ink",
    "on-l1/l1",
    "on-l2/l2",
    "on-l3/l3",
    "on-l4/l4",
    "on-l5/l5",
]
MARKS = ["edge/paper", "edge/lana", "series/paper", "target/paper", "series/band", "anil/band", "l1/paper", "l5/paper"]

SIGHTS = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
Triple = tuple[float, float, float]


def linear(colour: str) -> Triple:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of relative luminances."""
    shades = sorted(sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True)) for colour in (one, other))
    return (shades[1] + 0.05) / (shades[0] + 0.05)


def seen(colour: str, sight: str) -> Triple:
    """CIE L*a*b* of a colour as somebody with this sight sees it."""
    rgb = linear(colour)
    turned = [min(1, max(0, sum(w * c for w, c in zip(row, rgb, strict=True)))) for row in SIGHTS[sight]]
    to_xyz = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
    xyz = (sum(w * c for w, c in zip(row, turned, strict=True)) / white for row, white in zip(to_xyz, (0.95047, 1, 1.08883), strict=True))
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def ciede2000(one: Triple, other: Triple) -> float:
    """Colour difference after Sharma, Wu and Dalal (2005)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    chroma = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    grey = 0.5 * (1 - math.sqrt(chroma**7 / (chroma**7 + 25**7)))
    a1, a2 = a1 * (1 + grey), a2 * (1 + grey)
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360 for b, a in ((b1, a1), (b2, a2)))
    turn = 0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    mean_h = h1 + h2 if c1 * c2 == 0 else (h1 + turn / 2) % 360
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    t = 1 + sum(w * math.cos(math.radians(n * mean_h + at)) for w, n, at in ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.2, 4, -63)))
    sl = 1 + 0.015 * (mean_l - 50) ** 2 / math.sqrt(20 + (mean_l - 50) ** 2)
    sc, sh = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t
    rotation = -2 * math.sqrt(mean_c**7 / (mean_c**7 + 25**7)) * math.sin(math.radians(60 * math.exp(-(((mean_h - 275) / 25) ** 2))))
    dl, dc, dh = (l2 - l1) / sl, (c2 - c1) / sc, 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2)) / sh
    return math.sqrt(dl * dl + dc * dc + dh * dh + rotation * dc * dh)


def test_the_difference_of_colours_is_that_of_the_published_pairs() -> None:
    """Sharma, Wu and Dalal (2005), table 1, pairs 1, 7, 14, 17 and 25."""
    pairs = (
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, -0.001, 2.49), (50, 0.0009, -2.49), 4.8045),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    )
    for one, other, difference in pairs:
        assert ciede2000(one, other) == pytest.approx(difference, abs=1e-4)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (MARKS, 3.0)], ids=["text", "marks"])
def test_every_pair_of_colours_has_its_contrast(theme: str, pairs: list[str], least: float) -> None:
    found = {pair: contrast(*(THEMES[theme][name] for name in pair.split("/"))) for pair in pairs}
    assert {pair: round(ratio, 2) for pair, ratio in found.items() if ratio < least} == {}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", SIGHTS)
def test_the_five_steps_are_told_apart_by_every_sight(theme: str, sight: str) -> None:
    steps = [seen(THEMES[theme][f"l{step}"], sight) for step in range(1, 6)]
    assert min(ciede2000(one, other) for one, other in pairwise(steps)) >= 12
    assert ciede2000(steps[0], steps[4]) >= 25
    assert ciede2000(steps[1], steps[3]) >= 20


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", SIGHTS)
def test_lightness_falls_away_from_the_middle_on_both_sides(theme: str, sight: str) -> None:
    light = [seen(THEMES[theme][f"l{step}"], sight)[0] for step in range(1, 6)]
    sign = 1 if theme == "light" else -1
    assert all(sign * (later - earlier) > 0 for earlier, later in pairwise(light[:3]))
    assert all(sign * (later - earlier) < 0 for earlier, later in pairwise(light[2:]))
