from __future__ import annotations

import os

# They need the network that test_two_nodes.py makes for them.
collect_ignore = [] if "PATCHBAY_TEST_NAMESPACES" in os.environ else ["inside"]
