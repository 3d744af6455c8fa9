"""``python -m infra.checks``: one check after another, each with what it found; the reason of a failure comes last."""
