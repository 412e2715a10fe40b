"""Grades notebooks that others wrote: `python -m tools.grade`.

find      which notebooks a folder holds, and whose
cells     what of a notebook is executed
child     executes it, in a process of its own, and hands answers over; it never hears what they are worth
wire      how values cross: as JSON and plain arrays, in which no code can travel
process   starts, watches and ends such a child
judge     asks the checks, in this process, and picks the attempt that counts
report    the table, and the files for programs and for a learning platform
pages     a page for each student, with pictures of what was wrong
"""
