"""The hook: the SBC node's decisions, admission, journal and call records, spoken to by Kamailio on loopback."""
