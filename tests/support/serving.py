"""A web server on this machine, which can cut connections."""

import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server:
    """Serves ``files`` (name -> content); ``asked`` are the requests: name and first byte."""

    def __init__(self):
        self.files = {}
        self.asked = []
        self.cuts = []  # bytes after which the next answers break off
        self.ranges = True  # whether it can begin in the middle of a file
        self.url = ""

    def answer(self, handler):
        name = handler.path.lstrip("/")
        wanted = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        start = int(wanted[1]) if wanted and self.ranges else 0
        self.asked.append((name, start))
        content = self.files.get(name)
        if content is None:
            handler.send_error(404)
            return
        if wanted and self.ranges and start >= len(content):
            handler.send_response(416)
            handler.send_header("Content-Range", f"bytes */{len(content)}")
            handler.end_headers()
            return
        handler.send_response(206 if wanted and self.ranges else 200)
        handler.send_header("Content-Length", str(len(content) - start))
        handler.end_headers()
        handler.wfile.write(
            content[start : start + (self.cuts.pop(0) if self.cuts else len(content))]
        )


@contextmanager
def served():
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.answer(self)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        server.url = f"http://127.0.0.1:{listening.server_port}/"
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()
