import io
import json
import logging

import pytest

from portal import logs


@pytest.fixture
def written():
    """The log's lines, with the root logger put back afterwards."""
    root, stream = logging.getLogger(), io.StringIO()
    before, level = root.handlers[:], root.level
    logs.set_up("INFO", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.captureWarnings(capture=False)
    root.handlers[:] = before
    root.setLevel(level)


def test_only_keys_on_the_list_are_written(written):
    logging.getLogger("portal.jobs").info("job done", extra={"job": "scan", "ms": 3, "passport": "C1234567"})
    (line,) = written()
    assert line.keys() == {"at", "level", "logger", "event", "job", "ms"}


def test_the_text_of_an_exception_is_left_out_and_its_causes_are_named(written):
    try:
        try:
            int("0812-3456")
        except ValueError as error:
            raise KeyError("C1234567") from error
    except KeyError as error:
        error_id = logs.failure(error, status=500)
    (line,) = written()
    assert line["error"] == "KeyError < ValueError"
    assert line["error_id"] == error_id
    assert "test_logs:" in line["where"]
    assert "0812" not in str(line)
    assert "C1234567" not in str(line)


def test_a_library_says_its_template_never_its_values(written):
    logging.getLogger("library").warning("user %s failed", "siti@example")
    logging.getLogger("library").warning("user siti@example failed")
    try:
        raise ValueError("siti@example")
    except ValueError:
        logging.getLogger("library").exception("about siti@example")
    assert "siti" not in str(written())
    assert written()[0]["event"] == "user %s failed"


def test_a_line_is_always_one_line(written):
    logging.getLogger("portal").info("a\nb\u2028c", extra={"route": "x\r\ny" * 1_000})
    assert len(written()) == 1
    assert len(written()[0]["route"]) <= logs.MAX_TEXT


def test_error_ids_do_not_repeat():
    assert len({logs.new_error_id() for _ in range(10_000)}) == 10_000
