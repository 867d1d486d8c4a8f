import hashlib
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.postgres import free_port

CHECKOUT = Path(__file__).parents[2]
ASSET = re.compile(rb'<(?:link|script)\b[^>]*?\b(?:href|src)="(/[^"]+)"')

pytestmark = pytest.mark.slow


def run(*command, cwd):
    subprocess.run(command, cwd=cwd, check=True, stdin=subprocess.DEVNULL)


def scripts(venv):
    return Path(venv) / "bin"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The venv of a machine that knows nothing of the checkout but its wheel and its lock."""
    place = tmp_path_factory.mktemp("elsewhere")
    # Built from a copy: other tests' processes write byte code beside the code while setuptools lists and copies it.
    source = shutil.copytree(CHECKOUT, place / "source", ignore=shutil.ignore_patterns(".*", "__pycache__", "var"))
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", place, source, cwd=place)
    (wheel,) = place.glob("rujukan-*.whl")
    run(sys.executable, "-m", "venv", place / "venv", cwd=place)
    pip = [scripts(place / "venv") / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(*pip, "--require-hashes", "-r", CHECKOUT / "requirements/run.txt", cwd=place)
    run(*pip, "--no-deps", wheel, cwd=place)
    return place / "venv"


@contextmanager
def served(venv, data):
    """The address of a portal with a new data folder, started as `make run` starts it."""
    port = free_port()
    command = [scripts(venv) / "portal", "serve", "--data", data, "--port", str(port), "--cases", "2"]
    with subprocess.Popen(command, cwd=data.parent, stdin=subprocess.DEVNULL) as server:
        try:
            wait_for(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def wait_for(port, server):
    give_up = time.monotonic() + 300
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            assert server.poll() is None, "the portal ended before it listened"
            assert time.monotonic() < give_up, "the portal does not listen"
            time.sleep(0.2)


def read(address):
    with urlopen(address, timeout=60) as answer:
        return answer.read()


def assets(address):
    """Each style sheet and script the home page asks for, with its bytes."""
    return {path: read(address + path.decode()) for path in ASSET.findall(read(address + "/"))}


def title(address):
    return re.search(rb"<title>(.+?)</title>", read(address + "/"), re.DOTALL)[1].strip()


def contents(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("name", ["templates", "letters"])
def test_the_wheel_brings_the_whole_folder(installed, name):
    where = [scripts(installed) / "python", "-c", f"from portal.folders import folder; print(folder('{name}'))"]
    inside = Path(subprocess.check_output(where, cwd=installed.parent, text=True).strip())
    assert inside.is_relative_to(installed)
    assert contents(inside) == contents(CHECKOUT / name)


def test_the_wheel_brings_all_code_and_the_data_beside_it(installed):
    (package,) = installed.glob("lib/python*/site-packages/portal")
    mounted = ("templates/", "letters/")
    inside = {name: digest for name, digest in contents(package).items() if not name.startswith(mounted)}
    assert inside == contents(CHECKOUT / "portal")


def test_an_installed_portal_serves_the_same_home_page(installed, tmp_path):
    with served(installed, tmp_path / "installed") as there, served(sys.prefix, tmp_path / "checkout") as here:
        assert title(there) == title(here)
        assert assets(there)
        assert assets(there) == assets(here)
