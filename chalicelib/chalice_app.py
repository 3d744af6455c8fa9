"""Chalice with the current request kept per thread of work.

Chalice stores it in one attribute of the application: right on Lambda, where one request runs at a time, and wrong
under a threaded server, where nearly every request would see another's data.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from chalice.app import Chalice

_current_request: ContextVar[Any] = ContextVar("current_request", default=None)
_lambda_context: ContextVar[Any] = ContextVar("lambda_context", default=None)


class PatchbayApp(Chalice):
    #: Called with the path of each request's route before it is looked up.
    before: Callable[[str], None] | None = None

    def __call__(self, event: Any, context: Any) -> Any:
        if self.before is not None:
            self.before(event.get("requestContext", {}).get("resourcePath") or "")
        return super().__call__(event, context)

    @property
    def current_request(self) -> Any:
        return _current_request.get()

    @current_request.setter
    def current_request(self, request: Any) -> None:
        _current_request.set(request)

    @property
    def lambda_context(self) -> Any:
        return _lambda_context.get()

    @lambda_context.setter
    def lambda_context(self, context: Any) -> None:
        _lambda_context.set(context)
