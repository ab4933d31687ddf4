"""Pages in a real browser: how many sheets they print to, and what of them is wider than a screen.

A test that needs a browser fails on a machine without one. `DETER_NO_BROWSER=1` leaves such tests out; CI never sets
it.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

LEFT_OUT = "DETER_NO_BROWSER"
needs_browser = pytest.mark.skipif(bool(os.environ.get(LEFT_OUT)), reason=f"{LEFT_OUT} is set")
"""Mark of a test, or of a whole file (`pytestmark`), that opens pages in a browser."""
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run", "--allow-file-access-from-files"),
)
MEASURED = """<!DOCTYPE html>
<body><iframe src="{address}" style="width: {width}px; height: 900px; border: 0" onload="
  const wide = [];
  for (const one of this.contentDocument.querySelectorAll('body *'))
    if (!one.closest('.scroll') && one.getBoundingClientRect().right > {width} + 1) wide.push(one.tagName);
  document.body.setAttribute('data-wide', this.contentDocument.documentElement.scrollWidth + ' ' + wide.join(' '));
"></iframe></body>"""
"""A page that shows another in a frame, and says how wide that is and which of its elements reach beyond the frame."""


def chromium() -> str:
    """Path of this machine's browser; fails the test that needs it where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.fail(f"this test needs a browser: apt-get install chromium ({LEFT_OUT}=1 leaves out all such tests)")
    return found


def browse(tmp_path: Path, *words: str) -> str:
    """What the browser says when it is called with these words."""
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    return subprocess.run([chromium(), *FLAGS, profile, *words], capture_output=True, check=False, text=True).stdout


def printed(page: Path, tmp_path: Path) -> int:
    """Into how many sheets a page prints."""
    pdf = tmp_path / f"{page.stem}.pdf"
    browse(tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={pdf}", page.as_uri())
    content = pdf.read_bytes()
    assert content.startswith(b"%PDF")
    return len(re.findall(rb"/Type\s*/Page\b", content))


def too_wide(page: Path, width: int, tmp_path: Path) -> list[str]:
    """Elements, outside boxes that scroll, that reach beyond a screen of this width; the page itself if it does."""
    frame = tmp_path / "frame.html"
    frame.write_text(MEASURED.format(address=page.as_uri(), width=width))
    found = re.search(
        r'data-wide="(\d+) ([^"]*)"', browse(tmp_path, "--virtual-time-budget=9000", "--dump-dom", frame.as_uri())
    )
    assert found
    return [*(["page"] if int(found[1]) > width else []), *found[2].split()]
