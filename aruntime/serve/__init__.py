"""The read-only endpoint: SPARQL 1.1, dereferencing, and named questions as GET resources.

A request passes these modules in turn:

=================  ===============================================================================
``app``            routes and entity tags
``exchange``       requests and answers as HTTP: header fields, bodies, errors
``protocol``       a SPARQL 1.1 Protocol request as a value
``limits``         what is refused before anything is parsed, and the figures that bound the rest
``negotiation``    the form of an answer, from the ``Accept`` header or the end of a path
``pool``           which worker answers when, who waits, and what is ended
``workers``        processes that hold the graph and can be killed
``tasks``          what a worker does: the same functions that the commands call
``pages``          the same answers as HTML
``server``         the process that listens
=================  ===============================================================================
"""
