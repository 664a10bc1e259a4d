"""What is loaded, as a small site to look around and work in; it only reads, and stores nothing.

pages.py: an address -> a page, or the same as JSON. tools.py: the pages that take a chain, an
inventory or SQL. request.py: what a browser sends. server.py: pages over HTTP.
"""
