"""Pages of a PDF as a camera sees them."""

from __future__ import annotations

import numpy as np

from tests.surveys.test_printing import picture_by


def of_pdf(pdf: bytes, dots: int = 150) -> np.ndarray:
    """The first page, grey: how bright each point is."""
    head, _, rest = picture_by("pdftoppm", pdf, "-r", str(dots), "-gray", "-f", "1", "-l", "1", "-").partition(b"\n255\n")
    _, width, height = head.split()
    return np.frombuffer(rest[: int(width) * int(height)], dtype=np.uint8).reshape(int(height), int(width))
