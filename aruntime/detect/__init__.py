"""From files of a deployment to the components it holds: read as data, never run, never fetched.

:mod:`.walk` chooses files, a module for each form reads one into *findings* of plain facts
(:class:`.model.Fact`), and :mod:`.recognition` matches these with the keys of the graph
(``data/recognition``). What could not be read or recognised is part of the answer.
"""
