"""Where the letter that the project began with is not beside the project, its tests are not collected."""

from pathlib import Path

LETTER = Path(__file__).parents[2].parent / "shared/circular/phayao-15286.txt"
collect_ignore = [] if LETTER.exists() else ["test_real_letter.py"]
