"""The Chalice application: the only module that Lambda calls."""

from typing import Any

from chalice.app import Response

from chalicelib.chalice_app import PatchbayApp
from chalicelib.domain.media_types import PART_TYPE
from chalicelib.handlers.loading import serve_all
from chalicelib.handlers.problems import as_problem, language_of

app = PatchbayApp(app_name="patchbay", configure_logs=False)
# avif only ever stands in Accept headers, first where browsers ask for images
app.api.binary_types = [PART_TYPE, "image/png", "image/jpeg", "image/webp", "image/avif"]

serve_all(app)


@app.middleware("http")
def problems(event: Any, get_response: Any) -> Response:
    """The framework's own errors in the form of all others."""
    return as_problem(get_response(event), language_of(event.headers))
