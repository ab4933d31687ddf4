"""Mutations of texts, trees and bytes, all from one source of chance, so that a number gives the same input again."""

import json
import math
import random
from datetime import date, datetime
from typing import Any

Tree = dict[str, Any]

WRONG: tuple[Any, ...] = (
    "", "x", "../x", "3", 0, -1, 3, 10**30, 0.5, -0.5, 1e308, math.nan, math.inf, -math.inf, True, [], [1], ["x"],
    [[]], {}, {"x": 1}, [0.9, 0.1], [-1, 1], "2015-13-01", "a\nb", "é\u200b",
)  # fmt: skip
"""Values that are wrong in most places."""

NASTY: tuple[Any, ...] = (
    *WRONG,
    # numbers
    26.0, 2.5, -0.0, 1e-320, 10**400, -(10**400), 2**63, 2**63 - 1, -(2**63) - 1, 2**64, 1e300, 10**18, [10**400],
    False,
    # days and hours
    date(2019, 5, 17), date(1, 1, 1), date(9999, 12, 31), datetime(2019, 5, 17, 12), "2019-05-17", "0001-01-01",
    # texts that mean something to somebody
    "none", "status_quo", "baseline", "illustrative", "headline", "nan", "inf", "1e5", "1,5", "=1+1", "~", "~/x.toml",
    "~nobody/x.toml", ".", "..", "/", "/dev/null", "/dev/zero", "x.toml", "x" * 300 + ".toml", "x\0.toml", "x" * 5000,
    "x.py:Mine", "json:Mine", ":", "a:b:c", "*", "**", "*" * 30, "a.*", ".", "..", "a.b.c", "[b]", "[/b] c", "$x$",
    "{x}", "%s", "\x1b[2J", "\x07", "\u202eabc", "\ufeff", "\x9b", "\U0001f600", "\udcff", "__class__", "doctrine",
    "doctrine.clarity", "scenario", "reference", "sources", "weight", "point", "seed",
    # lists and tables
    [1, "x"], [True, False], [True, 1], [0.2, 0.2], [0.2, 0.8], [1, 2.5], [26.0, 52], ["none", "status_quo"],
    [[0.1, 0.2]], [None], [{}], [date(2019, 5, 17), "2019-05-17"], [float("nan"), float("nan")], list(range(300)),
    {"low": 0.2, "high": 0.8}, {"low": 10**400, "high": 1}, {"low": 1, "high": 2, "scale": "log"},
    {"low": True, "high": 2}, {"at_least": 20, "at_most": 30}, {"mean": 0.5, "spread": 0.1}, {"kind": "grid"},
    {"kind": "list", "points": [{}]}, {"kind": "sobol", "size": 64}, {"kind": "latin", "size": 7}, {"kind": "zip"},
    {"kind": "morris", "trajectories": 4}, {"kind": "saltelli", "size": 8},
)  # fmt: skip
"""Values that are wrong in more ways; `\\udcff` and `None` have no TOML and are left out there."""

PIECES: tuple[str, ...] = (
    "", " ", "\n", "\r", "\r\n", "\t", "\0", "\ufeff", "\u202e", "\x1b[2J", "#", "=", ".", ",", ";", ":", '"', "'",
    '"""', "'''", "\\", "\\u", "\\U0010ffff", "\\ud800", "[", "]", "[[", "]]", "{", "}", "(", ")", "*", "**",
    "*" * 30, "a.*" * 9, "-", "+", "_", "/", "<", "<=", "==", "!=", "and", "or", "not ", " in ", " is ", "if",
    "lambda: ", ":=", "@", "~", "|", "%", "$x$", "true", "false", "True", "None", "nan", "inf", "-inf", "NaN", "null",
    "N/A", "1e400", "1e-400", "1e999", "0x1F", "0o17", "0b1", "0x" + "f" * 400, "9" * 25, "9" * 400, "9" * 5000,
    "1_000", "1__0", "01", "1.", ".5", "26.0", "1,5", "1e5", "-0", "+0.0", "2019-05-17", "2019-13-01",
    "2019-05-17T12:00:00Z", "12:00:00", "9999-12-31", "0001-01-01", "a" * 300, "a." * 40 + "a", "[" * 50, "(" * 50,
    "not " * 50, "-" * 50, "doctrine", "doctrine.clarity", "scenario", "scenario.time.weeks", "seed", "weight",
    "sources", "__class__", "..", "~", "/dev/zero", "é", "\U0001f600",
)  # fmt: skip
"""Texts that mean something to one of the readers."""

LONG = (2, 20, 300, 3000)
"""How often a piece or a line may be repeated."""


def as_toml(value: Any) -> str:
    """A value as inline TOML; tables included."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {as_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(as_toml(item) for item in value if item is not None) + "]"
    if isinstance(value, datetime):
        return value.isoformat()
    return _key(value) if isinstance(value, str) else str(value)


def _key(text: str) -> str:
    return json.dumps(text.encode("utf-8", "replace").decode("utf-8"), ensure_ascii=False).replace("\x7f", "\\u007f")


def tables(tree: Tree) -> list[Tree]:
    """A tree and every table in it."""
    return [tree, *(inner for value in tree.values() if isinstance(value, dict) for inner in tables(value))]


def changed(tree: Tree, chance: random.Random, wrong: tuple[Any, ...] = NASTY) -> Tree:
    """A tree with an entry or two deleted, renamed, replaced, nested or exchanged with another."""
    for _ in range(chance.choice((1, 1, 2))):
        table = chance.choice([found for found in tables(tree) if found] or [tree.setdefault("x", {"x": 1})])
        key = chance.choice(list(table))
        match chance.randrange(7):
            case 0:
                del table[key]
            case 1:
                table[key[:-1] + chance.choice(["", "x", ".y", " ", "\n"])] = table.pop(key)
            case 2 | 3 | 4:
                table[key] = json.loads(json.dumps(held)) if isinstance(held := chance.choice(wrong), dict) else held
            case 5:
                table[key] = {key: table[key]}
            case 6:
                other = chance.choice(list(table))
                table[key], table[other] = table[other], table[key]
    return tree


def toml_of(tree: Tree) -> str:
    """A file: a line for each entry."""
    return "".join(f"{_key(key)} = {as_toml(value)}\n" for key, value in tree.items() if value is not None)


def mutated_text(text: str, chance: random.Random) -> str:
    """A text with something cut, repeated, exchanged or put in, once or a few times."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice((0, 1, 1, 2, 5, 20, 200)))
        match chance.randrange(8):
            case 0:
                text = text[:start] + text[end:]
            case 1 | 2 | 3:
                text = text[:start] + chance.choice(PIECES) + text[end:]
            case 4:
                text = text[:start] + text[start:end] * chance.choice(LONG[:3]) + text[end:]
            case 5:
                text = text[:start] + chance.choice(PIECES)[:40] * chance.choice(LONG) + text[end:]
            case 6:
                text = _with_a_value_replaced(text, chance)
            case 7:
                lines = text.splitlines(keepends=True) or [""]
                place = chance.randrange(len(lines))
                lines[place] = chance.choice(("", lines[place] * chance.choice(LONG[:2]), chance.choice(lines)))
                text = "".join(lines)
    return text


def _with_a_value_replaced(text: str, chance: random.Random) -> str:
    """A line's part after `=`, or a cell after a comma, in other words."""
    lines = text.split("\n")
    place = chance.randrange(len(lines))
    head, mark, _ = lines[place].partition(chance.choice(("=", ",")))
    lines[place] = f"{head}{mark}{chance.choice(PIECES)}" if mark else chance.choice(PIECES)
    return "\n".join(lines)


def blown_up(tree: Tree, chance: random.Random) -> Tree:
    """A tree with far too much of something."""
    table = chance.choice([found for found in tables(tree) if found])
    number, key = chance.choice((100, 3000, 20_000)), chance.choice(list(table))
    constraints = ["doctrine.clarity < 2", "doctrine.firmness * 2 < 3 or doctrine.voting_rule in ['qmv', 'x']"]
    match chance.randrange(10):
        case 0:
            table[key] = list(range(number))
        case 1:
            table[key] = [each / number for each in range(number)]
        case 2:
            table[key] = [f"{key}{each}" for each in range(number)]
        case 3:
            table[key] = {f"{key}{each}": each for each in range(number)}
        case 4:
            table[key] = [{"doctrine.clarity": each / number} for each in range(number)]
        case 5:
            table[key] = [constraints[each % 2] for each in range(number)]
        case 6:
            table |= {f"{key}{each}": table[key] for each in range(number)}
        case 7:
            tree["sources"] = {f"{key}{'*' * (each % 5)}{each}": "x" for each in range(number)}
        case 8:
            tree["sources"] = {chance.choice(("*", "*a", "a*", "*.")) * chance.choice((5, 30, 300)) + "z": "x"}
        case 9:
            table[key] = "x" * number * 10
    return tree


def deep(chance: random.Random) -> str:
    """A line with far too many levels, or digits."""
    number = chance.choice((40, 1000, 20_000))
    key = chance.choice(("a.", "'a'.", '"a" . ')) * number + "a"
    return chance.choice(
        (f"{key} = 1\n", f"[{key}]\n", f"[[{key}]]\n", f"x = {{ {key} = 1 }}\n", f"x = {'[' * number}\n",
         f"x = {'{a=' * number}\n", f"x = {'9' * number}\n", f"x = 0b{'1' * number}\n", f"x = 1.{'1' * number}\n")
    )  # fmt: skip


def encoded(text: str, chance: random.Random) -> bytes:
    """A text as bytes, mostly UTF-8."""
    content = text.encode(chance.choice(("utf-8",) * 12 + ("utf-8-sig", "utf-16", "utf-16-le", "latin-1")), "replace")
    return content if chance.random() < 0.95 else mutated_bytes(content, chance)


def mutated_bytes(content: bytes, chance: random.Random) -> bytes:
    """Bytes with some flipped, cut, repeated or zeroed."""
    data = bytearray(content or b"\0")
    for _ in range(chance.choice((1, 1, 2, 8))):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice((1, 1, 4, 8, 64, 1000)))
        match chance.randrange(7):
            case 0 | 1 | 2:
                place = min(start, len(data) - 1)
                if data:
                    data[place] ^= 1 << chance.randrange(8)
            case 3:
                data[start:end] = bytes(chance.randrange(256) for _ in range(min(end - start, 8)))
            case 4:
                data[start:end] = bytes(end - start)
            case 5:
                del data[start:end]
            case 6:
                data[start:start] = data[start:end]
    return bytes(data) if chance.random() < 0.95 else bytes(data[: chance.randrange(len(data) + 1)])
