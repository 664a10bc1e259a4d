"""Will a phone on this firmware accept this server, on this day; and if not, what helps?

`read_chain` and `served_chain` give a chain, `check` and `check_all` the answer. `path` builds and
verifies paths as OpenSSL does; `verdict` makes of that what a release says, `remedies` what helps.
"""

from pipeline.check.answer import Check, Checks
from pipeline.check.chain import Chain, read_chain, read_chains
from pipeline.check.connect import Address, expected_name, served_chain
from pipeline.check.question import check, check_all

__all__ = [
    "Address",
    "Chain",
    "Check",
    "Checks",
    "check",
    "check_all",
    "expected_name",
    "read_chain",
    "read_chains",
    "served_chain",
]
