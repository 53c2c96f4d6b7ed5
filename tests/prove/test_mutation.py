"""At least 85 % of small changes to the engine are noticed by its unit tests.

``ISP_EXAMPLES`` sets the examples per property, ``ISP_WORKERS`` the number of processes. The
changes that no test noticed are written to ``survivors.txt`` in the folder that is printed.
"""
import os

from tests.prove import mutation
from tests.prove.table import show

LEAST = 0.85


def test_small_changes_of_the_engine_are_noticed(capsys):
    folder = mutation.prepare(int(os.environ.get("ISP_EXAMPLES", "25")))
    stats, modules, survivors = mutation.judge(folder, int(os.environ.get("ISP_WORKERS", "1")))
    (folder / "survivors.txt").write_text("\n\n".join(
        f"{name}\n{mutation.change_of(folder, name)}" for name in survivors
    ))
    total = sum(count for count, _killed in modules.values())
    killed = sum(killed for _count, killed in modules.values())
    show(capsys, "mutants of engine/: killed of all", {
        **{name: f"{killed} / {count}" for name, (count, killed) in sorted(modules.items())},
        "all": f"{killed} / {total}", "score": f"{100 * killed / max(1, total):.1f} %",
        "of them by time": stats["timeout"],
    })
    print(f"survivors: {folder / 'survivors.txt'}")
    assert total > 500
    assert killed / total >= LEAST, survivors
