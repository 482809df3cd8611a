import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from worlds.shared import made_once

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str) -> None:
    quiet = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **quiet},
    )
    assert done.returncode == 0, done.stderr or done.stdout


def built(factory: pytest.TempPathFactory) -> Path:
    """Build the site strictly, once for all workers of a run, and return its folder."""

    def build(site: Path) -> None:
        run("ibperp_authoring.site")
        run("mkdocs", "build", "--strict", "--site-dir", str(site))

    return made_once(factory, "site", build)


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name is inherited.
        pass

    def end_headers(self) -> None:
        """Let a browser ask once for what all pages load: no site changes while it is tested."""
        self.send_header("Cache-Control", "max-age=3600")
        super().end_headers()


class QuickHandler(QuietHandler):
    """Serves pages with an empty index: each would work for seconds on that of the whole site."""

    def do_GET(self) -> None:
        if self.path != "/search/search_index.json":
            super().do_GET()
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(without_pages(Path(self.translate_path(self.path))))


@cache
def without_pages(index: Path) -> bytes:
    return json.dumps({**json.loads(index.read_text(encoding="utf-8")), "docs": []}).encode()


@contextmanager
def served(site: Path, handler: type[QuietHandler] = QuickHandler) -> Iterator[str]:
    """Serve a directory on a free local port, and give its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(site))) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
