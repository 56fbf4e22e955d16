"""The ledger of consent is added to and never changed."""

import ast
from collections.abc import Iterator
from pathlib import Path

BOT = Path(__file__).parents[2] / "bot"
MAY_DELETE = {"store/erasure.py"}


def changes(tree: ast.AST) -> Iterator[str]:
    """Statements that update or delete rows of `consents`, however they are spelt."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            verb = node.func.attr if isinstance(node.func, ast.Attribute) else None
            verb = node.func.id if isinstance(node.func, ast.Name) else verb
            on = [*node.args[:1], getattr(node.func, "value", None)]
            if verb in ("update", "delete") and any(is_ledger(one) for one in on):
                yield verb
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = node.value.upper().split()
            if "CONSENTS" in words and {"UPDATE", "DELETE"} & set(words):
                yield "raw"


def is_ledger(node: ast.AST | None) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)
    return name == "consents"


def test_nothing_changes_a_row_and_only_erasure_deletes() -> None:
    found = {}
    for file in BOT.rglob("*.py"):
        if "sandbox" in file.parts:
            continue
        if verbs := set(changes(ast.parse(file.read_text()))):
            found[str(file.relative_to(BOT))] = verbs
    assert found == {name: {"delete"} for name in MAY_DELETE}


def test_the_look_for_changes_finds_them() -> None:
    spelt = [
        "update(consents)",
        "delete(tables.consents)",
        "consents.update()",
        "sa.delete(consents)",
        'text("UPDATE consents SET x = 1")',
    ]
    for line in spelt:
        assert list(changes(ast.parse(line))), line
