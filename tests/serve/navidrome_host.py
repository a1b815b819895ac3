"""Runs a plugin as Navidrome runs it, and what a test sees of that.

As in Navidrome's plugins/ folder: every call runs in a new instance; a reply is JSON; the services are functions of the
host that take and return JSON, with the members of plugins/host/http.go and cache.go.
"""

import base64
import json
import os
import pathlib
import re
import urllib.error
import urllib.request
import zipfile
from typing import Annotated

os.environ["RUST_LIB_BACKTRACE"] = "0"  # else every error of a plugin takes the runtime a twentieth of a second
import extism  # noqa: E402
from extism.extism import CompiledPlugin  # noqa: E402  (not exported by the package itself)

PERMISSIONS = {  # the services behind each permission of a manifest that this host has
    "http": ["http_send"],
    "cache": ["cache_getstring", "cache_setstring", "cache_remove"],
    "users": [],
}


class PluginError(Exception):
    """A call that failed: what Navidrome gets for it."""


class Host:
    """Navidrome, as far as a plugin sees it. Only one at a time: functions of hosts are global in the extism package."""

    def __init__(self, package, folder):
        with zipfile.ZipFile(package) as archive:
            self.manifest = json.loads(archive.read("manifest.json"))
            self.wasm = archive.read("plugin.wasm")
        self.cache = {}
        self.requests = []  # (method, path) sent to Segue
        self.config = {}
        services = self.services()
        offered = [services[name] for permission in self.manifest["permissions"] for name in PERMISSIONS[permission]]
        self.plugin = CompiledPlugin({"wasm": [{"data": self.wasm}]}, wasi=True, functions=offered)
        self.log_file = pathlib.Path(folder) / "plugin.log"
        extism.set_log_file(str(self.log_file), "debug")

    def services(self):
        hosted = {}

        def service(function):
            def in_json(request: Annotated[dict, extism.Json]) -> Annotated[dict, extism.Json]:
                return function(**request)

            before = len(extism.extism.HOST_FN_REGISTRY)
            extism.host_fn(name=function.__name__, namespace="extism:host/user")(in_json)
            (hosted[function.__name__],) = extism.extism.HOST_FN_REGISTRY[before:]

        @service
        def http_send(request):
            return self.send(**request)

        @service
        def cache_getstring(key):
            return {"value": self.cache[key], "exists": True} if key in self.cache else {}

        @service
        def cache_setstring(key, value, ttlSeconds):
            assert ttlSeconds > 0
            self.cache[key] = value
            return {}

        @service
        def cache_remove(key):
            self.cache.pop(key, None)
            return {}

        return hosted

    def send(self, method, url, headers, timeoutMs, body=None):
        assert "*" in self.manifest["permissions"]["http"]["requiredHosts"], "else private addresses are refused"
        assert 0 < timeoutMs <= 30_000, timeoutMs
        self.requests.append((method, re.sub(r"^https?://[^/]*", "", url)))
        data = None if body is None else base64.b64decode(body)
        request = urllib.request.Request(url, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=timeoutMs / 1000) as reply:
                status, text = reply.status, reply.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        except OSError as error:
            return {"error": str(error)}
        return {"result": {"statusCode": status, "body": base64.b64encode(text).decode()}}

    def has(self, function):
        return extism.Plugin(self.plugin).function_exists(function)

    def call(self, function, request):
        """Calls with the settings of `config`. Raises PluginError."""
        config = {name: value if isinstance(value, str) else json.dumps(value) for name, value in self.config.items()}
        instance = extism.Plugin(self.plugin, config=config)
        try:
            return json.loads(instance.call(function, json.dumps(request)))
        except extism.Error as error:
            raise PluginError(str(error)) from None

    def log(self):
        """Lines that the plugin logged: "LEVEL text"."""
        return re.findall(r"^\S+ +(\w+) extism::pdk: (.*?) plugin=", self.log_file.read_text(), re.MULTILINE)
