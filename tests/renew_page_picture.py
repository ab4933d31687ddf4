"""Take anew the picture of the page in docs/how-to/explore-on-a-page.md.

Call it by `PYTHONPATH=.:tests python tests/renew_page_picture.py`.
"""

import tempfile
from pathlib import Path

from support.paths import ROOT
from support.served import browser, served, small_room

PICTURE = ROOT / "docs" / "explore.png"
REPLICATES = 200


def main() -> None:
    """Open the page with a doctrine that differs from the status quo, and take its upper part."""
    with (
        tempfile.TemporaryDirectory() as folder,
        served(small_room(Path(folder), REPLICATES)) as address,
        browser() as chromium,
    ):
        page = chromium.new_page(viewport={"width": 1120, "height": 860})
        page.goto(f"{address}/#explore?doctrine=clear_ladder&doctrine.attribution_confidence=0.8")
        full = f"body[data-n='{REPLICATES}'][data-refined='true']"
        page.wait_for_selector(full, state="attached", timeout=300_000)
        page.screenshot(path=PICTURE)


if __name__ == "__main__":
    main()
