"""A real browser for the tests: Chromium without a head, whose every connection ends in a recorder instead of the network."""

import json
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--disable-features=NetworkTimeServiceQuerying,OptimizationHints,MediaRouter",
    "--enable-logging=stderr",
)

BROWSERS_OWN = ("google.com", "googleapis.com", "gvt1.com", "gstatic.com")
"""Whom Chromium itself asks, whatever is opened (time, updates); what a page asks of them is still among the page's own requests."""

PROBE = """
<script>
window.addEventListener("load", function () { setTimeout(function () {
  var result;
  try { result = (function () { %s })(); } catch (error) { result = { error: String(error) }; }
  result.requests = performance.getEntriesByType("resource").map(function (entry) { return entry.name; });
  var out = document.createElement("pre"); out.id = "probe"; out.textContent = JSON.stringify(result); document.body.appendChild(out);
}, 300); });
</script>
"""


@dataclass(frozen=True)
class Visit:
    """What came of opening a page: the answer of the probe, what the console said, and what was asked of the network."""

    answer: dict[str, Any]
    console: list[str]
    asked: list[str]


@contextmanager
def recorder() -> Iterator[tuple[int, list[str]]]:
    """Listen on a port as a proxy that answers nothing; gives the port and the first lines of what is asked of it."""
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(2)
                    try:
                        asked.append(connection.recv(2000).split(b"\r\n")[0].decode("latin-1"))
                    except OSError:
                        asked.append("?")

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield server.getsockname()[1], asked
        server.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=5)


def visit(page: Path, folder: Path, probe: str) -> Visit:
    """Open a copy of a page whose last act is to run `probe` (the body of a function that returns an object)."""
    assert CHROMIUM
    copy = folder / "visited.html"
    copy.write_text(page.read_text(encoding="utf-8").replace("</html>", PROBE % probe + "</html>"), encoding="utf-8")
    with recorder() as (port, asked):
        command = [
            CHROMIUM,
            *QUIET,
            f"--user-data-dir={folder / 'profile'}",
            f"--proxy-server=http://127.0.0.1:{port}",
            "--window-size=1200,800",
            "--virtual-time-budget=5000",
            "--dump-dom",
            copy.as_uri(),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        outside = [line for line in asked if not any(re.search(rf"[./ ]{re.escape(host)}[:/ ]", line) for host in BROWSERS_OWN)]
    found = re.search(r'<pre id="probe">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, "the page did not come to its end: " + done.stderr[-2000:]
    console = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
    return Visit(json.loads(unescape(found[1])), console, outside)
