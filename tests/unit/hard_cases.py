"""The hard cases: numbers are stable names, gaps are intended. Each has a test by its number."""
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"\btest_case_(\d{3})_")

#: number: what it is about. 80 belongs to collections, which are no part of the module yet
CASES = {
    1: "run twice: nothing new", 2: "two workers, one line", 3: "posting fails three nights",
    4: "killed half way", 6: "bill now pressed twice", 7: "draft deleted", 9: "copy is a draft",
    11: "overlapping service refused", 12: "plan changed while the run holds it",
    13: "one user error", 14: "one SQL error", 15: "no income account", 16: "no first day",
    17: "locked month", 19: "five broken records", 20: "retry failed",
    21: "anchor 31, leap year", 22: "anchor 31, common year", 25: "yearly from 29 February",
    27: "any anchor and interval", 28: "bill day 1 to 15", 29: "fixed end", 30: "not yet started",
    31: "catch-up", 33: "brake", 34: "late run", 35: "arrears", 36: "company's date",
    38: "weekly, across midnight", 39: "months with a clock change", 40: "start is today",
    41: "whose zone", 42: "alignment", 44: "upgrade", 45: "change in arrears",
    47: "there and back", 49: "downgrade", 50: "charged price is a fact",
    51: "second and third credit", 53: "end in the month", 54: "credit of a leap February",
    56: "hold", 58: "stage moves no date", 60: "30-day method", 62: "nothing due, net zero",
    63: "currencies", 66: "global rounding of taxes", 67: "late month at its own price",
    68: "recurring total", 71: "preview is the bill", 72: "changed after approval",
    73: "four eyes", 74: "reversal", 76: "cancelled before posting", 77: "one company at a time",
    79: "mail server down", 82: "memory, commits, statements", 83: "two runs of a journal",
}


def tests_by_case():
    """Parts of the suite with a test of a number in its name: {number: set of names}."""
    found = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        part = path.relative_to(ROOT / "tests").parts[0]
        for number in NAME.findall(path.read_text()):
            found.setdefault(int(number), set()).add(part)
    return found


def table():
    """The list of the documentation, as lines of Markdown."""
    found = tests_by_case()
    return ["| Case | About | Tests in |", "|---|---|---|"] + [
        f"| {number} | {about} | {', '.join(sorted(found.get(number, ())))} |"
        for number, about in CASES.items()
    ]


if __name__ == "__main__":
    print("\n".join(table()))
