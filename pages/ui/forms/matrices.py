"""A transition matrix as a user edits it: rows made to sum to 1, and told in few letters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lnl.errors import BadInput

Matrix = NDArray[np.float64]  # [K, K], row = true class
MOST_IN_ADDRESS = 20  # classes; a larger matrix is too long for an address


def symmetric(num_classes: int, rate: float) -> Matrix:
    """Every label wrong at the same rate, any other class alike."""
    matrix: Matrix = np.full((num_classes, num_classes), rate / (num_classes - 1))
    np.fill_diagonal(matrix, 1 - rate)
    return matrix


def normalised(matrix: Matrix, class_names: Sequence[str]) -> tuple[Matrix, list[str]]:
    """Rows scaled to sum to 1, and what had to be changed, in words; an empty row keeps its label.

    Negative numbers and blanks count as 0.
    """
    rows = np.nan_to_num(matrix, nan=0.0, posinf=0.0, neginf=0.0).clip(0)
    told = []
    for place, total in enumerate(rows.sum(axis=1)):
        name = class_names[place]
        if total == 0:
            rows[place, place] = 1
            told.append(f"The row of {name} was empty: its images keep their label.")
        elif abs(total - 1) > 5e-4:
            told.append(f"The row of {name} summed to {total:.1%}: it was scaled to 100 %.")
    return rows / rows.sum(axis=1, keepdims=True), told


def to_text(matrix: Matrix) -> str:
    """Percentages, rows apart by a semicolon: "60,40;0,100". For an address."""
    return ";".join(",".join(f"{100 * value:.6g}" for value in row) for row in matrix)


def from_text(text: str, num_classes: int) -> Matrix:
    """The inverse of ``to_text``, rows scaled to 1. Raises BadInput that says what is wrong."""
    try:
        rows = [[float(number) / 100 for number in row.split(",")] for row in text.split(";")]
        matrix = np.array(rows, dtype=np.float64)
    except ValueError:
        raise BadInput(
            "the matrix in the address cannot be read; expected percentages, such as 60,40;0,100"
        ) from None
    if matrix.shape != (num_classes, num_classes):
        raise BadInput(
            f"the matrix in the address has shape {list(matrix.shape)}, "
            f"these data have {num_classes} classes"
        )
    if not np.isfinite(matrix).all() or (matrix < 0).any():
        raise BadInput("the matrix in the address must hold percentages of 0 or more")
    return normalised(matrix, [str(c) for c in range(num_classes)])[0]
