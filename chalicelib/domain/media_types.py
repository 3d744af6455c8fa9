"""Names of media types that more than one side must know."""

PART_TYPE = "application/vnd.patchbay.part+json"  # a type of its own: API Gateway passes it as bytes
