from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

import pytest

from tests.architecture.conftest import MODULES, PORTAL, ROOT, TEMPLATES, name_of

FORBIDDEN = frozenset({"utils", "util", "helpers", "helper", "manager", "service", "services", "misc", "common"})
MAY_SHARE_A_NAME = frozenset({"mailbox"})
PRESCRIBED = frozenset({"get_csrf_token"})
"""Names that Pyramid's interfaces ask for."""
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)

TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


def functions() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path, tree in TREES.items():
        yield from ((path, node) for node in ast.walk(tree) if isinstance(node, FUNCTION))


def length(node: ast.AST) -> int:
    return node.end_lineno - node.lineno + 1


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_module_is_longer_than_300_lines():
    assert {name_of(path): lines(path) for path in MODULES if lines(path) > 300} == {}


def test_nineteen_of_twenty_modules_have_at_most_250_lines():
    assert quantiles(map(lines, MODULES), n=20)[-1] <= 250


def test_no_function_is_longer_than_40_lines():
    long = [f"{name_of(path)}:{node.name} has {length(node)} lines" for path, node in functions() if length(node) > 40]
    assert long == []


def test_nineteen_of_twenty_functions_have_at_most_25_lines():
    assert quantiles([length(node) for _path, node in functions()], n=20)[-1] <= 25


def test_no_template_is_longer_than_150_lines():
    assert {name_of(path): lines(path) for path in TEMPLATES if lines(path) > 150} == {}


def test_no_test_module_is_longer_than_400_lines():
    found = sorted((ROOT / "tests").rglob("*.py"))
    assert {name_of(path): lines(path) for path in found if lines(path) > 400} == {}


def test_every_module_begins_with_one_sentence_that_says_what_it_is_for():
    silent = [
        name_of(path) for path, tree in TREES.items() if not (ast.get_docstring(tree) or "").split("\n")[0].strip()
    ]
    assert silent == []
    endless = [
        name_of(path) for path, tree in TREES.items() if not ast.get_docstring(tree).split("\n")[0].endswith(".")
    ]
    assert endless == []


def test_nothing_is_imported_inside_a_function():
    inner = [
        f"{name_of(path)}:{node.name}"
        for path, node in functions()
        if any(isinstance(part, (ast.Import, ast.ImportFrom)) for part in ast.walk(node))
    ]
    assert inner == []


def test_no_module_has_a_name_that_says_nothing():
    assert [name_of(path) for path in MODULES if path.stem in FORBIDDEN or path.parent.name in FORBIDDEN] == []


def test_no_top_level_module_is_named_like_one_of_the_standard_library():
    top = {path.stem for path in PORTAL.glob("*.py")} | {path.parent.name for path in PORTAL.glob("*/__init__.py")}
    assert (top & set(sys.stdlib_module_names)) - MAY_SHARE_A_NAME == set()


def test_no_function_is_named_get_something():
    named = [(path, node.name) for path, node in functions() if node.name.startswith("get_")]
    assert [f"{name_of(path)}:{name}" for path, name in named if name not in PRESCRIBED] == []


def test_every_function_says_what_its_parameters_and_answer_are():
    bare = []
    for path, node in functions():
        named = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        if any(a.annotation is None for a in named if a.arg not in {"self", "cls"}) or node.returns is None:
            bare.append(f"{name_of(path)}:{node.name}")
    assert bare == []


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"])
def test_nothing_is_left_to_be_done(word):
    found = [name_of(path) for path in (*MODULES, *TEMPLATES) if word in path.read_text(encoding="utf-8")]
    assert found == []
