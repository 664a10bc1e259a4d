"""The steps from a document to a snapshot strung together, and the upkeep of what they loaded."""
