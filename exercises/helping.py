"""Help with an exercise, in small portions: `hint`, and in the end `solution`."""

from collections import Counter
from textwrap import fill

from .checking import OUTCOMES, question_named
from .sources import hints_of, solved_cell, why_of

HINTS_GIVEN, SOLUTIONS_ASKED = Counter(), Counter()  # of each exercise, in this process
WIDTH = 96
NO_SOLUTIONS = "This copy of the course comes without solutions. Your instructor has them."


def hint(name):
    """Print the next hint for an exercise, as in `hint("1.2")`; after the last one, the last one again.

    Raises ValueError for an exercise that does not exist.
    """
    question_named(name)
    name = str(name)
    hints, given = hints_of(name), HINTS_GIVEN[name]
    number = min(given + 1, len(hints))
    HINTS_GIVEN[name] = number
    print(fill(f"Hint {number} of {len(hints)} for exercise {name}: {hints[number - 1]}", WIDTH))
    if number == len(hints):
        there = solved_cell(name) is not None
        print("That is the last one.", f'solution("{name}") shows a solution.' if there else NO_SOLUTIONS)


def solution(name):
    """Print a solution of an exercise and why it works, as in `solution("1.2")`.

    Only after a try, which is a `check` of something other than `...`, or when asked twice. A copy of the
    course without solutions prints one line. Raises ValueError for an exercise that does not exist.
    """
    question_named(name)
    name = str(name)
    cell = solved_cell(name)
    SOLUTIONS_ASKED[name] += 1
    if cell is None:
        print(NO_SOLUTIONS)
    elif not _tried(name) and SOLUTIONS_ASKED[name] == 1:
        print(f'Try exercise {name} first: any answer to check("{name}", ...) will do. Or ask again.')
    else:
        print(f"A solution of exercise {name}:\n\n{cell}\n")
        print(fill(f"Why it works: {why_of(name)}", WIDTH))


def _tried(name):
    return any(each["exercise"] == name and each["outcome"] != "not solved yet" for each in OUTCOMES)
