"""The exercises of the course: `check("1.2", answer)` says whether an answer is right and, if not, why.

`lesson_NN.py` holds the checks of a lesson, `solutions/lesson_NN.py` its solutions. The exercise cells of
the notebooks are derived from the solutions (`python -m tools.exercises`).
"""

from .checking import check

__all__ = ["check"]
