"""Will a phone on this firmware accept this server, on this day; and if not, what helps?

`read_chain` and `served_chains` give chains, `check` and `check_all` the answer. `path` builds and
verifies paths as OpenSSL does; `verdict` makes of that what a release says, `remedies` what helps.
"""

from pipeline.check.answer import Check, Checks
from pipeline.check.chain import Chain, chain_in, read_chain, read_chains
from pipeline.check.connect import Address, served_chain, served_chains
from pipeline.check.question import check, check_all

__all__ = [
    "Address",
    "Chain",
    "Check",
    "Checks",
    "chain_in",
    "check",
    "check_all",
    "read_chain",
    "read_chains",
    "served_chain",
    "served_chains",
]
