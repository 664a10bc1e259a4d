"""X.509: certificates, bundles of them, and distinguished names."""
