"""A real server on this machine, and an office that speaks its REST interface."""

import json
import os
import subprocess
import tempfile
import urllib.request
from pathlib import Path

PASSWORD = "electricity for all"


class Server:
    """`linecrew serve` on a data folder of its own. It can be killed and started again, at the same address."""

    def __init__(self):
        self.program = os.environ["LINECREW_BIN"]
        self.folder = tempfile.TemporaryDirectory()
        self.data = str(Path(self.folder.name) / "data")
        self.port = 0
        self.process = None
        self.admin("district", "Gulou")
        self.admin("crew", "--district", "Gulou", "crew one")
        self.admin("person", "--name", "林芳", "--role", "dispatcher", "--password-stdin", "lin.fang", said=PASSWORD)
        for username, name in (("wang.min", "王敏"), ("chen.liang", "陈亮")):
            self.admin("person", "--name", name, "--role", "repair_crew@Gulou", "--crew", "crew one", username)
        # Without a safety gate, so that a day is short.
        (Path(self.data) / "policy.json").write_text('{"safety": {"repair_dispatch": []}}', encoding="utf-8")
        self.start()

    def admin(self, *words, said=""):
        command, *rest = words
        done = subprocess.run([self.program, "admin", command, "--data", self.data, *rest], input=said, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"linecrew admin {command}: {done.stderr}")
        return done.stdout

    def start(self):
        words = [self.program, "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        while "http://" not in (line := self.process.stdout.readline()):
            if not line:
                raise AssertionError("the server did not start")
        self.url = next(word for word in line.split() if word.startswith("http://")).rstrip("/.,")
        self.port = int(self.url.rsplit(":", 1)[1])

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def end(self):
        self.kill()
        self.folder.cleanup()

    def invite(self, username):
        return json.loads(self.admin("invite", "--json", "--server", self.url, username))["code"]


class Office:
    """A dispatcher, as a machine would speak."""

    def __init__(self, server):
        self.server = server
        self.token = None
        self.token = self.ask("POST", "/v1/login", {"username": "lin.fang", "password": PASSWORD})["access_token"]

    def ask(self, method, path, body=None, key=None):
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key:
            headers["Idempotency-Key"] = key
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.server.url + path, data=data, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def report(self, key):
        """A customer without power, given to crew one; answers its id."""
        crew = self.ask("GET", "/v1/crews")["items"][0]
        order = {
            "kind": "repair_dispatch",
            "district": crew["district"],
            "customer": {"name": "陈秀英"},
            "site": {"address": "鼓楼区五四路 1 号"},
            "about": {"fault": {"category": "no_power"}},
        }
        item = self.ask("POST", "/v1/work", order, key=key)["id"]
        self.ask("POST", f"/v1/work/{item}/steps/assigned", {"crew": crew["id"]})
        return item

    def state(self, item):
        return self.ask("GET", f"/v1/work/{item}")["state"]
