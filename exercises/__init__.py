"""The exercises of the course.

`check("1.2", answer)` prints whether an answer is right and, if not, why. `hint("1.2")` prints the next hint,
`solution("1.2")` a solution, after a try.

`lesson_NN.py` holds the checks of a lesson, `hints/lesson_NN.md` its hints, `solutions/lesson_NN.py` its
solutions. The exercise cells of the notebooks are derived from the solutions (`python -m tools.exercises`).
"""

from .checking import check
from .helping import hint, solution

__all__ = ["check", "hint", "solution"]
