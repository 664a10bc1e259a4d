"""The model of how OpenSSL 1.0.2 and 3 build and check a path."""
