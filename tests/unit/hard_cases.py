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
    # found by trying the product
    101: "an account below a company that pays", 102: "paid by a third party",
    103: "payment matched to nothing", 104: "prepaid, then billed",
    105: "open credit and next bill",
    106: "opening balance is owed", 107: "credit of a reversal and the new bill",
    108: "credit note lowered before posting", 109: "credit note with lines deleted",
    110: "draft of a run changed by hand", 111: "charges differ from lines, whatever made them",
    112: "billed again with the facts of that day", 113: "tax included, rounded globally",
    114: "fixed levy and quantity", 115: "tax included, exempt by position",
    116: "interval changed once charged", 117: "opening charge of a foreign bill day",
    118: "a payer is merged", 119: "a credit names the days given back",
    120: "discounts and usage", 121: "allowance of two usage plans",
    122: "account of a charged subscription", 123: "archived but running",
    124: "next bill before the first", 125: "due date of a moved draft",
    126: "line added in the middle", 127: "preview of an upgrade", 128: "one bill of a posted run",
    129: "held bills and comparison", 130: "draft run deleted", 131: "smallest bill over months",
    132: "credit during an open hold", 141: "credit note names its invoice",
    142: "paid before it is printed", 143: "cancelled invoice printed", 144: "recipient bank",
    145: "each document on a new sheet", 146: "words longer than their box",
    147: "language of the account on the portal", 148: "invoice contact of a company",
    149: "file name of an insert", 150: "flyers of every kind", 151: "letters without wkhtmltopdf",
    152: "the reader's language", 153: "quick flyer in both languages",
    161: "stored facts by RPC", 162: "addresses of others on the portal",
    163: "province changed on the portal", 164: "bank account of the company",
    165: "quick flyer of another company", 166: "parallel downloads", 167: "line breaks in a name",
    168: "odd parameters of portal pages", 169: "headers of portal pages",
    170: "draft or cancelled by its link", 171: "delivery records on the portal",
    181: "audit trail switch", 182: "health before the first run", 183: "decimals of amounts",
    184: "no price row without an amount", 185: "every fault of a row",
    186: "words and dates of other systems", 187: "several roles", 188: "archived product restored",
    189: "no empty runs", 190: "default profile in both languages",
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
