"""The Chalice application: the only module that Lambda calls."""

from chalicelib.chalice_app import PatchbayApp
from chalicelib.handlers import BLUEPRINTS
from chalicelib.handlers.sbc import PART_TYPE

app = PatchbayApp(app_name="patchbay", configure_logs=False)
app.api.binary_types = [PART_TYPE]

for blueprint in BLUEPRINTS:
    app.register_blueprint(blueprint, url_prefix="/v1")
