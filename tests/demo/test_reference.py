import csv
import re

import pytest

from portal.vocabulary import REFERENCE, VOCABULARIES, rows

FILES = sorted(path.stem for path in REFERENCE.glob("*.csv"))


@pytest.mark.parametrize("file", FILES)
def test_every_row_has_as_many_values_as_the_header(file):
    with (REFERENCE / f"{file}.csv").open(encoding="utf-8", newline="") as lines:
        header, *body = csv.reader(lines)
    assert body
    assert {len(row) for row in body} == {len(header)}


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_every_vocabulary_has_its_file_with_each_code_once(vocabulary):
    file, column = VOCABULARIES[vocabulary]
    codes = [row[column] for row in rows(file)]
    assert all(codes)
    assert len(set(codes)) == len(codes)


def test_requirements_and_categories_name_only_known_codes():
    documents = {row["code"] for row in rows("document_types")}
    categories = {row["code"] for row in rows("case_categories")}
    stakeholders = {row["type"] for row in rows("stakeholders")}
    for row in rows("document_requirements"):
        assert row["document_code"] in documents
        assert row["category_code"] in categories | {"*"}
    for row in rows("case_categories"):
        assert set(row["typical_stakeholders"].split(";")) - {""} <= stakeholders
        assert row["urgency"] in {term["code"] for term in rows("urgency")}


def test_the_readme_names_every_file_and_every_source():
    readme = (REFERENCE / "README.md").read_text("utf-8")
    named = set(re.findall(r"^\| ([\w-]+(?:/[\w-]+)?) \|", readme, re.MULTILINE))
    for file in FILES:
        assert f"| {file}.csv |" in readme
        for row in rows(file):
            sources = set(row.get("source", "").split(";")) - {"", "GK", "DRAFT"}
            assert sources <= named


def test_the_licences_of_taken_data_are_there():
    readme = (REFERENCE / "README.md").read_text("utf-8")
    for path in (REFERENCE / "licences").iterdir():
        assert f"licences/{path.name}" in readme
        assert "ermi" in path.read_text("utf-8")
