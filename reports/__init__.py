"""The report of a run: reads the files of a results folder, draws charts, writes pages.

It imports nothing of the C++ part; docs/results-format.md is the whole agreement between them.
"""
