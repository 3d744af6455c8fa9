"""Bodies made from the OpenAPI document: the smallest that each schema accepts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

# Where a pattern or a rule between fields makes the smallest value useless; a new field may need a line here.
BY_NAME: dict[str, Any] = {
    "name": "Example",
    "username": "zed",
    "domain": "customer9",
    "number": "+12092480999",
    "email": "someone@example.com",
    "currency": "USD",
    "country_code": "1",
    "country": "US",
    "time_zone": "UTC",
    "dialled": "2092488700",
    "host": "127.0.0.2",
    "address": "sbc.example:60110",
    "payment": "postpaid",
    "password": "correct horse battery",
    "namespace": "examplenamespace",
    "reason": "goodwill",
    "cursor": "",
    "node": "n1",
}


class Examples:
    """``ids``: real ids by field name, so that references point at what they name."""

    def __init__(self, document: dict[str, Any], ids: dict[str, str]) -> None:
        self._schemas = document["components"]["schemas"]
        self._ids = ids

    def body(self, operation: dict[str, Any], *, whole: bool = False) -> Any:
        """``whole``: with every field that has an id, not only with those that are required."""
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        return self._value("", schema, whole=whole)

    def query(self, operation: dict[str, Any]) -> str:
        """The required query parameters, with their question mark."""
        needed = [p for p in operation["parameters"] if p["in"] == "query" and p["required"]]
        pairs = {p["name"]: self._value(p["name"], p["schema"], whole=False) for p in needed}
        return f"?{urlencode(pairs)}" if pairs else ""

    def _value(self, name: str, schema: dict[str, Any], *, whole: bool) -> Any:
        if name in self._ids:
            return self._ids[name]
        if name in BY_NAME:
            return BY_NAME[name]
        inner = self._inner(schema)
        if inner is not None:
            return self._value(name, inner, whole=whole)
        fixed = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
        return fixed[0] if fixed else self._by_type(name, schema, whole=whole)

    def _inner(self, schema: dict[str, Any]) -> Any:
        if "$ref" in schema:
            return self._schemas[schema["$ref"].rsplit("/", 1)[1]]
        return next((schema[choice][0] for choice in ("anyOf", "oneOf", "allOf") if choice in schema), None)

    def _by_type(self, name: str, schema: dict[str, Any], *, whole: bool) -> Any:
        match schema.get("type"):
            case "object":
                properties = schema.get("properties", {})
                wanted = set(schema.get("required", ()))
                if whole:
                    wanted |= properties.keys() & self._ids.keys()
                return {field: self._value(field, properties[field], whole=whole) for field in sorted(wanted)}
            case "array":
                least = schema.get("minItems", 0)
                return [self._value(name, schema["items"], whole=whole) for _ in range(least)]
            case "integer" | "number":
                return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
            case "boolean":
                return False
        return "x" * max(1, schema.get("minLength", 1))
