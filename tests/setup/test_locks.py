import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PINNED = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)(?: ; [^\\]+)? \\$")


def packages(lock):
    """Each line of a lock that names a package, with its version."""
    lines = (CHECKOUT / "requirements" / lock).read_text().splitlines()
    return dict(PINNED.fullmatch(line).groups() for line in lines if line and line[0] not in " #")


def test_tests_run_with_the_versions_people_get():
    assert packages("run.txt").items() <= packages("test.txt").items()


@pytest.mark.parametrize("lock", ["run.txt", "test.txt"])
def test_a_lock_pins_every_package_by_hash_and_names_no_address(lock):
    text = (CHECKOUT / "requirements" / lock).read_text()
    assert "://" not in text
    assert text.count("\\\n    --hash=sha256:") >= len(packages(lock)) > 0


@pytest.mark.parametrize("lock", ["run.txt", "test.txt"])
def test_a_lock_serves_both_databases_and_a_python_without_cgi(lock):
    assert {"psycopg", "psycopg-binary", "legacy-cgi"} <= packages(lock).keys()
