"""A portal on loopback for tests: files by path, with tags, ranges, breaks and refusals."""

import contextlib
import hashlib
import http.server
import threading
from collections import defaultdict


class Portal:
    """Files by path; `breaks[path]` answers stop half-way, `refusals[path]` are codes given first."""

    def __init__(self):
        self.files = {}
        self.asked = []
        self.breaks = defaultdict(int)
        self.refusals = defaultdict(list)
        self.tags = True
        self.most = None  # answers to queries after which there is nothing more
        self.base = ""

    def tag(self, path):
        return f'"{hashlib.sha256(self.files[path]).hexdigest()[:12]}"'


def _handler(portal):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            path = self.path.split("?")[0]
            portal.asked.append((self.path, dict(self.headers)))
            if portal.refusals[path]:
                code = portal.refusals[path].pop(0)
                self.send_response(code)
                if code in (429, 503):
                    self.send_header("Retry-After", "7")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            queries = sum("?" in asked for asked, _ in portal.asked)
            if path not in portal.files or (portal.most is not None and "?" in self.path and queries > portal.most):
                self.send_error(404)
                return
            body, tag = portal.files[path], portal.tag(path)
            if portal.tags and self.headers.get("If-None-Match") == tag:
                self.send_response(304)
                self.end_headers()
                return
            start = 0
            if "Range" in self.headers and self.headers.get("If-Range") == tag:
                start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
                self.send_response(206)
            else:
                self.send_response(200)
            self.send_header("Content-Length", str(len(body) - start))
            if portal.tags:
                self.send_header("ETag", tag)
            self.end_headers()
            stop = len(body)
            if portal.breaks[path]:
                portal.breaks[path] -= 1
                stop = start + (len(body) - start) // 2
            self.wfile.write(body[start:stop])

        def log_message(self, *_):
            pass

    return Handler


@contextlib.contextmanager
def serve():
    """A running portal; it ends with the block."""
    portal = Portal()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(portal)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        portal.base = f"http://127.0.0.1:{server.server_port}"
        try:
            yield portal
        finally:
            server.shutdown()
            thread.join()
