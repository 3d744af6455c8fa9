"""One module per noun, each with a blueprint; ``blueprints`` has all of them."""

import gc

# Imports make much and drop next to nothing: looking for garbage in it all the while was a fifth of a cold start.
gc.set_threshold(100_000)
