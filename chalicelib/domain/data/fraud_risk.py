"""Destinations that toll fraud favours: high termination rates shared with whoever generates the traffic.

A warning for whoever edits a security group, not a rule, and a judgement rather than a quotation: small islands and
satellite ranges with high rates, the +1 countries outside of the United States and Canada, and others that operators'
fraud warnings name again and again.
"""

# Dialled like a call to another US state, which is what makes them useful.
_NANPA_OUTSIDE_US_AND_CANADA = "AG AI AS BB BM BS DM DO GD GU JM KN KY LC MP MS SX TC TT VC VG"
_ISLANDS = "AC CK FK IO KI KM MV NC NF NR NU PF SB SC SH ST TA TK TL TO TV VU WF WS"
_AFRICA = "BF BI CD CF CG DJ ER ET GM GN GW LR MG ML MR NE SL SN SO TD TG TN ZW"
_ELSEWHERE = "AF AL AZ BA BY CU EE GY HT KP LT LV MD MM PG PK PS RS TJ TM YE"

FRAUD_RISK: frozenset[str] = frozenset(f"{_NANPA_OUTSIDE_US_AND_CANADA} {_ISLANDS} {_AFRICA} {_ELSEWHERE}".split())
