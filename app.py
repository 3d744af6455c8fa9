"""The Chalice application: the only module that Lambda calls."""

from chalicelib.chalice_app import PatchbayApp
from chalicelib.handlers import BLUEPRINTS

app = PatchbayApp(app_name="patchbay", configure_logs=False)
app.api.binary_types = ["application/gzip"]

for blueprint in BLUEPRINTS:
    app.register_blueprint(blueprint, url_prefix="/v1")
