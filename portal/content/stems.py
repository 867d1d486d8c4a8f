"""Words as the full-text index knows them: folded, with Indonesian stems; numbers whole and in parts."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import snowballstemmer

LONGEST = 100
"""Signs of a word that count; PostgreSQL takes no lexeme beyond 2 kB."""

WORD = re.compile(r"[^\W_]+(?:[/.'_-]+[^\W_]+)*")
SEPARATORS = re.compile(r"[/.'_-]+")
STOP = frozenset("yang dan di ke dari untuk dengan pada itu ini adalah oleh sebagai the of and to in".split())


@cache
def _stem(word: str) -> str:
    return snowballstemmer.stemmer("indonesian").stemWord(word)


def _tokens(source: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", source.lower())
    return WORD.findall("".join(c for c in folded if not unicodedata.combining(c)))


def _parts(token: str) -> list[str]:
    return [p[:LONGEST] for p in SEPARATORS.split(token) if p not in STOP]


def words(source: str) -> list[str]:
    """What is indexed for a text: folded words, as they are and stemmed; numbers with separators whole and in parts."""
    found: list[str] = []
    for token in _tokens(source):
        whole, parts = SEPARATORS.sub("", token)[:LONGEST], _parts(token)
        found += [whole] if whole != token[:LONGEST] else []
        found += [form for part in parts for form in dict.fromkeys((_stem(part), part))]
    return found


def expression(query: str, dialect: str) -> str:
    """The query in the words of the full-text engine: every word, the last one as a beginning; "" for none.

    A number with separators is found whole or by its parts: `0812-3456` finds 08123456 as well.
    """
    tokens = [token for token in _tokens(query) if _parts(token)][:12]
    both, either, beginning, quote = ("AND", "OR", "*", '"') if dialect == "sqlite" else ("&", "|", ":*", "'")
    clauses = []
    for token in tokens:
        parts, end = _parts(token), beginning if token is tokens[-1] else ""
        ways = [[_stem(p) for p in parts], [*map(_stem, parts[:-1]), parts[-1]], [SEPARATORS.sub("", token)[:LONGEST]]]
        texts = [f" {both} ".join(f"{quote}{word}{quote}" for word in way) + end for way in ways]
        clauses.append("(" + f" {either} ".join(f"({text})" for text in dict.fromkeys(texts)) + ")")
    return f" {both} ".join(clauses)
