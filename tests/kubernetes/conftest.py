"""The operators' schemas are not in the repository: their test runs where CRDS names a folder of them."""

import os

collect_ignore = [] if os.environ.get("CRDS") else ["test_own_schemas.py"]
