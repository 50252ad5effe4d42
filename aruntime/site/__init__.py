"""The graph as a static site: pages for people, documents for programs, answers for the browser.

``site`` makes the folder; ``facts``, ``links`` and ``claims`` read the graph as pages show it;
``templates/`` say how a page looks, ``static/`` is what the browser runs.
"""
