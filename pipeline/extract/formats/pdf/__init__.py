"""PDF to pages of words, with the evidence of how they belong together: rules and tags."""
