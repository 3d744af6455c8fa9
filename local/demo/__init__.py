"""``make demo``: the sixteen steps of the getting-started guide, by the API and with real SIP phones."""
