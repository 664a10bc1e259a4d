"""What is loaded, as a small site to look around in; it only reads.

pages.py: an address -> a page. server.py: pages over HTTP.
"""
