"""Grades students' notebooks: `python -m tools.grade`.

find      finds the notebooks in a folder, and whose they are
cells     decides which parts of a notebook are executed
child     executes them, in its own process, and hands answers over; it never learns their marks
wire      encodes values as JSON and plain arrays, which cannot contain code
line      sends them between the two processes
process   starts, watches and ends such a child
judge     runs the checks, in this process
answers   calls the answers in the child, and gives a check's verdict
attempts  chooses the attempt that counts
report    prints the table and writes the files for programs and for a learning platform
pages     writes a page for each student, with pictures of what was wrong
"""
