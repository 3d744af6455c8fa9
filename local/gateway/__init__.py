"""The test gateway: a carrier of one's own on loopback. It answers every number, speaks, listens, and keeps the truth.

What a called number does is decided by its last four digits; see ``behaviour``.
"""
